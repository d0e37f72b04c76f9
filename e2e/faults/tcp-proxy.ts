import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Catch, type Interception, type Stage, type Trap, Traps, type WireTap } from './interception.ts';

interface Connection {
  client: Socket;
  server: Socket;
  /** What the server is at, as far as we know it. */
  statement: string | null;
  /** Set while the answer to a statement is to be kept from the client. */
  awaited: Catch | null;
  isSilenced: boolean;
}

/** A stretch of network between one process and one server, which can be made to fail. */
export class TcpProxy<Statement extends string = string> {
  readonly port: number;
  readonly #listener: Server;
  readonly #targetPort: number;
  readonly #tap: () => WireTap<Statement>;
  readonly #connections = new Set<Connection>();
  readonly #traps = new Traps<Statement>();
  #delayMs = 0;
  #bytesPerMs = Number.POSITIVE_INFINITY;
  #opened: Promise<void> | null = null;
  #open: () => void = () => {};

  static async between<S extends string>(targetPort: number, tap: () => WireTap<S>): Promise<TcpProxy<S>> {
    const listener = createServer();
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return new TcpProxy(listener, targetPort, tap);
  }

  private constructor(listener: Server, targetPort: number, tap: () => WireTap<Statement>) {
    this.#listener = listener;
    this.#targetPort = targetPort;
    this.#tap = tap;
    this.port = (listener.address() as AddressInfo).port;
    listener.on('connection', (client) => this.#carry(client));
  }

  /** Refuses, and resets what is open. */
  async goDown(): Promise<void> {
    this.reset();
    const closed = once(this.#listener, 'close');
    this.#listener.close();
    await closed;
  }

  async comeUp(): Promise<void> {
    this.#listener.listen(this.port, '127.0.0.1');
    await once(this.#listener, 'listening');
  }

  /** RST on every connection. Returns how many. */
  reset(): number {
    const count = this.#connections.size;
    for (const connection of this.#connections) cut(connection);
    return count;
  }

  /** From now on bytes are taken and go nowhere, in both directions; nobody is told. */
  blackHole(): void {
    this.#opened ??= new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** What was held arrives, as after a partition. */
  endBlackHole(): void {
    this.#open();
    this.#opened = null;
  }

  /** What is open stays open and carries nothing any more, for ever; new connections work. Returns how many. */
  silence(): number {
    for (const connection of this.#connections) connection.isSilenced = true;
    return this.#connections.size;
  }

  slowDown({ delayMs, bytesPerMs }: { delayMs: number; bytesPerMs: number }): void {
    this.#delayMs = delayMs;
    this.#bytesPerMs = bytesPerMs;
  }

  speedUp(): void {
    this.slowDown({ delayMs: 0, bytesPerMs: Number.POSITIVE_INFINITY });
  }

  intercept(interception: Interception<Statement>): Trap {
    return this.#traps.arm(interception);
  }

  /** How many servers' sessions are at such a statement now. */
  countUnderWay(statement: Statement): number {
    return [...this.#connections].filter((connection) => connection.statement === statement).length;
  }

  close(): void {
    this.reset();
    this.#listener.close();
  }

  #carry(client: Socket): void {
    const server = connect(this.#targetPort, '127.0.0.1');
    const connection: Connection = { client, server, statement: null, awaited: null, isSilenced: false };
    this.#connections.add(connection);
    const tap = this.#tap();
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The other end learns of it by its own end of the connection.
      socket.on('error', () => cut(connection));
      socket.once('close', () => {
        this.#connections.delete(connection);
        // What was already forwarded may still arrive, a server's last words among it.
        client.destroySoon();
        server.destroySoon();
      });
    }
    this.#pump(connection, client, server, (chunk) => this.#onRequest(connection, tap, chunk));
    this.#pump(connection, server, client, (chunk) => this.#onReply(connection, tap, chunk));
  }

  #pump(connection: Connection, from: Socket, to: Socket, inspect: (chunk: Buffer) => Promise<void>): void {
    const forward = async () => {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        await inspect(chunk);
        await this.#crossing(chunk);
        if (to.destroyed) return;
        const isSent = connection.isSilenced || to.write(chunk);
        if (!isSent) await Promise.race([once(to, 'drain'), once(to, 'close')]);
      }
      to.end();
    };
    forward().catch(() => to.destroy());
  }

  /** As long as the network takes to carry it. */
  async #crossing({ length }: Buffer): Promise<void> {
    if (this.#delayMs > 0) await delay(this.#delayMs + length / this.#bytesPerMs);
    if (this.#opened !== null) await this.#opened;
  }

  async #onRequest(connection: Connection, tap: WireTap<Statement>, chunk: Buffer): Promise<void> {
    const statement = tap.request(chunk);
    if (statement === null) return;
    connection.statement = statement;
    const caught = this.#traps.take(statement, chunk);
    if (caught?.at === 'reply') connection.awaited = caught;
    else if (caught !== null) await spring(caught, 'sent', connection);
  }

  async #onReply(connection: Connection, tap: WireTap<Statement>, chunk: Buffer): Promise<void> {
    const outcome = tap.reply(chunk);
    if (outcome === null) return;
    const { awaited } = connection;
    connection.statement = null;
    connection.awaited = null;
    if (awaited === null) return;
    await spring(awaited, outcome, connection);
  }
}

async function spring(caught: Catch, stage: Stage, connection: Connection): Promise<void> {
  if ((await caught.spring(stage)) === 'cut') cut(connection);
}

function cut({ client, server }: Connection): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
