/** Reads what crosses one connection. */
export interface WireTap<Statement extends string> {
  /** The statement that this chunk begins to execute; null: none that we know. */
  request(chunk: Buffer): Statement | null;
  /** null: the answer is not complete. */
  reply(chunk: Buffer): 'done' | 'refused' | null;
}

/** How far the statement has come: it is on its way, or the server has answered it. */
export type Stage = 'sent' | 'done' | 'refused';
/** Whether the connection goes on. */
export type Verdict = 'pass' | 'cut';

export interface Interception<Statement extends string> {
  statement: Statement;
  /** Before the statement reaches the server, or when its answer is complete and the client has not seen it. */
  at: 'request' | 'reply';
  /** Only statements whose bytes contain this, if they come in one chunk. */
  holding?: string;
  times?: number;
  /** The connection stands still meanwhile. `link`: the name of the proxy. */
  act: (stage: Stage, link: string) => Promise<Verdict> | Verdict;
}

/** Acts on the first `times` such statements on all the connections that it watches. */
export class Trap<Statement extends string = string> {
  /** Fulfilled when it has acted as often as asked; never rejected. */
  readonly sprung: Promise<void>;
  readonly #interception: Interception<Statement>;
  readonly #acting = new Set<Promise<Verdict>>();
  #left: number;
  #count = 0;
  #onLast: () => void = () => {};

  constructor(interception: Interception<Statement>) {
    this.#interception = interception;
    this.#left = interception.times ?? 1;
    this.sprung = new Promise((resolve) => {
      this.#onLast = resolve;
    });
  }

  catches(met: Statement, chunk: Buffer): boolean {
    const { statement, holding = '' } = this.#interception;
    return this.#left > 0 && met === statement && chunk.includes(holding);
  }

  /** Acts at the stage that it waits for; lets pass otherwise. */
  async act(stage: Stage, link: string): Promise<Verdict> {
    const { at, act } = this.#interception;
    if (this.#left === 0 || (stage === 'sent') !== (at === 'request')) return 'pass';
    this.#left -= 1;
    const acting = (async () => act(stage, link))();
    this.#acting.add(acting);
    // Thrown by `disarm`, when all that is under way is over.
    acting.catch(() => {});
    const verdict = await acting;
    this.#count += 1;
    if (this.#count === (this.#interception.times ?? 1)) this.#onLast();
    return verdict;
  }

  count(): number {
    return this.#count;
  }

  /** Catches nothing any more, and waits for what is under way. @throws what that throws */
  async disarm(): Promise<void> {
    this.#left = 0;
    await Promise.all(this.#acting);
  }
}
