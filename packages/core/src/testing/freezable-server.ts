import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface FreezableServer {
  readonly url: string;
  /** From now on nothing is passed on, and nobody is told. */
  freeze(): void;
  /** Only on the connections that are open: new ones work. */
  freezeOpen(): void;
  reset(): void;
  close(): Promise<void>;
}

/** Passes everything on to a server, until it is told to pass nothing any more. */
export async function startFreezableServer(serverUrl: string): Promise<FreezableServer> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  let allFrozen = false;
  const server = createServer((socket) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => void (allFrozen || frozen.has(from) || to.write(chunk)));
      from.on('error', () => {});
      from.on('close', () => void (allFrozen || frozen.has(from) || to.destroy()));
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    freeze: () => {
      allFrozen = true;
    },
    freezeOpen: () => {
      for (const socket of sockets) frozen.add(socket);
    },
    reset: () => {
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
