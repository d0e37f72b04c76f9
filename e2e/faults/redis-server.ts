import { findFreePort } from '@bulk/embedded';
import { findRedisServer } from '../../scripts/lib/test-redis.mjs';
import { type RedisProcess, sendToRedis, startRedisProcess } from '../redis-process.ts';

/** The suite's own Redis. It keeps nothing: after a restart it is empty. */
export interface RedisServer {
  readonly port: number;
  /** One command, by a connection of its own, not through any proxy. */
  send(command: string): Promise<string>;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  start(): Promise<void>;
}

const SETTINGS = ['--save', '', '--appendonly', 'no', '--enable-debug-command', 'yes'];

/** @returns null: there is no Redis to be had on this machine */
export async function startRedis(dir: string): Promise<RedisServer | null> {
  const program = findRedisServer();
  if (program === null) return null;
  const port = await findFreePort();
  let running: RedisProcess | null = null;

  const server: RedisServer = {
    port,
    send: (command) => sendToRedis(port, command),
    signal: (name) => void (running && process.kill(running.pid, name)),
    async kill() {
      await running?.stop();
      running = null;
    },
    async start() {
      running ??= await startRedisProcess({ program, port, dir, settings: SETTINGS });
    },
  };
  await server.start();
  return server;
}
