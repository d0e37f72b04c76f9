import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Target {
  host: string;
  port: number;
}

/** Is shown what crosses one connection before it goes on; it may wait, and it may cut the connection. */
export interface Inspector {
  request(chunk: Buffer): Promise<void>;
  reply(chunk: Buffer): Promise<void>;
  closed(): void;
}

interface Connection {
  client: Socket;
  server: Socket;
  isSilenced: boolean;
}

/** Carries connections to one server, and can be made to fail as a network does. */
export class FaultyLink {
  readonly #listener: Server;
  readonly #target: Target;
  readonly #connections = new Set<Connection>();
  #port = 0;
  #delayMs = 0;
  #bytesPerMs = Number.POSITIVE_INFINITY;
  #opened: Promise<void> | null = null;
  #open: () => void = () => {};

  constructor(target: Target) {
    this.#target = target;
    this.#listener = createServer((client) => this.#carry(client));
  }

  get port(): number {
    return this.#port;
  }

  /** Listens: on a free port at first, later on the same one again. */
  async comeUp(): Promise<void> {
    this.#listener.listen(this.#port, '127.0.0.1');
    await once(this.#listener, 'listening');
    this.#port = (this.#listener.address() as AddressInfo).port;
  }

  /** Refuses new connections, and resets the open ones. */
  async goDown(): Promise<void> {
    const closed = once(this.#listener, 'close');
    this.close();
    await closed;
  }

  close(): void {
    this.reset();
    this.#listener.close();
  }

  /** Resets every connection (RST). Returns how many. */
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

  /** Delivers what was held, as after a partition. */
  endBlackHole(): void {
    this.#open();
    this.#opened = null;
  }

  /** Open connections stay open and never carry anything again; new ones work. Returns how many. */
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

  /** For a subclass that looks at what is carried. */
  protected inspect(_cut: () => void): Inspector | null {
    return null;
  }

  #carry(client: Socket): void {
    const server = connect(this.#target);
    const connection: Connection = { client, server, isSilenced: false };
    const inspector = this.inspect(() => cut(connection));
    this.#connections.add(connection);
    for (const socket of [client, server]) {
      socket.setNoDelay(true);
      // The other end learns of it by its own end of the connection.
      socket.on('error', () => cut(connection));
      socket.once('close', () => {
        this.#connections.delete(connection);
        inspector?.closed();
        // What was already forwarded may still arrive, a server's last words among it.
        client.destroySoon();
        server.destroySoon();
      });
    }
    this.#pump(connection, client, server, (chunk) => inspector?.request(chunk));
    this.#pump(connection, server, client, (chunk) => inspector?.reply(chunk));
  }

  #pump(
    connection: Connection,
    from: Socket,
    to: Socket,
    inspect: (chunk: Buffer) => Promise<void> | undefined,
  ): void {
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
}

function cut({ client, server }: Connection): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}

export interface FreezableServer {
  readonly url: string;
  /** From now on nothing is passed on, and nobody is told. */
  freeze(): void;
  /** Only on the connections that are open: new ones work. */
  freezeOpen(): void;
  reset(): void;
  close(): Promise<void>;
}

/** Passes everything on to a server, until it is told to pass on nothing any more. */
export async function startFreezableServer(serverUrl: string): Promise<FreezableServer> {
  const url = new URL(serverUrl);
  const link = new FaultyLink({ host: url.hostname, port: Number(url.port) });
  await link.comeUp();
  url.port = String(link.port);
  return {
    url: url.href,
    freeze: () => link.blackHole(),
    freezeOpen: () => void link.silence(),
    reset: () => void link.reset(),
    close: () => link.goDown(),
  };
}
