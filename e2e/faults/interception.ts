/** Reads along on one connection. */
export interface WireTap<Statement extends string> {
  /** The statement that this chunk begins to execute; null: none that we know. */
  request(chunk: Buffer): Statement | null;
  /** null: the answer goes on. */
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
  /** Only those whose bytes hold this, as far as they come in one piece. */
  holding?: string;
  times?: number;
  /** Meanwhile nothing moves on that connection. */
  act: (stage: Stage) => Promise<Verdict> | Verdict;
}

export interface Trap {
  /** Fulfilled when it has sprung as often as asked; never rejected. */
  readonly sprung: Promise<void>;
  count(): number;
  disarm(): void;
}

/** One statement that was caught. */
export interface Catch {
  readonly at: 'request' | 'reply';
  spring(stage: Stage): Promise<Verdict>;
}

/** What lies in wait on one stretch of network. */
export class Traps<Statement extends string> {
  readonly #armed = new Set<(statement: Statement, chunk: Buffer) => Catch | null>();

  arm({ statement, at, holding = '', times = 1, act }: Interception<Statement>): Trap {
    let left = times;
    let count = 0;
    let onLast: () => void = () => {};
    const sprung = new Promise<void>((resolve) => {
      onLast = resolve;
    });
    const spring = async (stage: Stage): Promise<Verdict> => {
      const verdict = await act(stage);
      count += 1;
      if (count === times) onLast();
      return verdict;
    };
    const look = (met: Statement, chunk: Buffer): Catch | null => {
      if (met !== statement || !chunk.includes(holding)) return null;
      left -= 1;
      if (left === 0) this.#armed.delete(look);
      return { at, spring };
    };
    this.#armed.add(look);
    return { sprung, count: () => count, disarm: () => void this.#armed.delete(look) };
  }

  take(statement: Statement, chunk: Buffer): Catch | null {
    for (const look of this.#armed) {
      const caught = look(statement, chunk);
      if (caught !== null) return caught;
    }
    return null;
  }
}
