import { FaultyLink, type Inspector } from '../../packages/core/src/testing/freezable-server.ts';
import { type Interception, Trap, type WireTap } from './interception.ts';

/** The statement that a server's session runs, as far as we know, and the trap that acts on it. */
interface Session<Statement extends string> {
  statement: Statement | null;
  trap: Trap<Statement> | null;
}

/** A link between one process and one server that can hold or lose single statements. */
export class TcpProxy<Statement extends string = string> extends FaultyLink {
  readonly #name: string;
  readonly #tap: () => WireTap<Statement>;
  readonly #sessions = new Set<Session<Statement>>();
  readonly #traps = new Set<Trap<Statement>>();

  static async between<S extends string>(
    targetPort: number,
    tap: () => WireTap<S>,
    name = '',
  ): Promise<TcpProxy<S>> {
    const proxy = new TcpProxy(targetPort, tap, name);
    await proxy.comeUp();
    return proxy;
  }

  private constructor(targetPort: number, tap: () => WireTap<Statement>, name: string) {
    super({ host: '127.0.0.1', port: targetPort });
    this.#name = name;
    this.#tap = tap;
  }

  intercept(interception: Interception<Statement>): Trap<Statement> {
    const trap = new Trap(interception);
    this.watch(trap);
    return trap;
  }

  /** One trap may watch several links. */
  watch(trap: Trap<Statement>): void {
    this.#traps.add(trap);
  }

  /** How many sessions run such a statement now. */
  countUnderWay(statement: Statement): number {
    return [...this.#sessions].filter((session) => session.statement === statement).length;
  }

  protected override inspect(cut: () => void): Inspector {
    const tap = this.#tap();
    const session: Session<Statement> = { statement: null, trap: null };
    this.#sessions.add(session);
    return {
      request: async (chunk) => {
        const statement = tap.request(chunk);
        if (statement === null) return;
        const trap = [...this.#traps].find((each) => each.catches(statement, chunk)) ?? null;
        Object.assign(session, { statement, trap });
        if ((await trap?.act('sent', this.#name)) === 'cut') cut();
      },
      reply: async (chunk) => {
        const outcome = tap.reply(chunk);
        if (outcome === null) return;
        const { trap } = session;
        Object.assign(session, { statement: null, trap: null });
        if ((await trap?.act(outcome, this.#name)) === 'cut') cut();
      },
      closed: () => void this.#sessions.delete(session),
    };
  }
}
