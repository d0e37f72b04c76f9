import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePort, startEmbeddedPostgres } from '@bulk/embedded';
import { startRedisProcess } from '../e2e/redis-process.ts';
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

/** @throws Error when there is no redis-server on this machine */
export async function startRedis(dir: string): Promise<Server> {
  const program = findRedisServer();
  if (program === null) throw new Error('There is no redis-server on this machine.');
  const port = await findFreePort();
  const home = join(dir, 'redis');
  mkdirSync(home);
  const redis = await startRedisProcess({ program, port, dir: home });
  return { url: `redis://127.0.0.1:${port}`, ...redis };
}
