import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@bulk/core/embedded';
import { waitFor } from '@bulk/core/testing';
import { freePort } from '../e2e/free-port.ts';
import { findRedisServer } from '../scripts/lib/test-redis.mjs';

/** A server with its default settings, durable ones: what is measured here is what one gets. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
  /** For the last moment of the process. */
  kill(): void;
}

/** The one that DATABASE_URL names, else one of our own. */
export async function providePostgres(dir: string): Promise<Server> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, stop: async () => {}, kill: () => {} };
  return startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: () => {}, durable: true });
}

/** A shell that reads from our pipe ends the server with us, kill -9 included. */
const SCRIPT = '"$@" & server=$!; read -r _; kill "$server"; wait "$server"';

/** @throws Error when there is no redis-server on this machine */
export async function startRedis(dir: string): Promise<Server> {
  const program = findRedisServer();
  if (program === null) throw new Error('There is no redis-server on this machine.');
  const port = await freePort();
  const home = join(dir, 'redis');
  mkdirSync(home);
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--logfile', 'redis.log'];
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'sh', program, ...args], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  await waitFor(() => answers(port));
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: () => end(shell),
    kill: () => void shell.stdin?.destroy(),
  };
}

async function end(shell: ChildProcess): Promise<void> {
  shell.stdin?.end();
  if (shell.exitCode === null) await once(shell, 'exit');
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString().startsWith('+PONG');
  } finally {
    socket.destroy();
  }
}
