import { chmodSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@bulk/embedded';
import { startRedis } from '../scripts/lib/test-redis.mjs';
import { type Installation, type InstallOptions, install } from './installation.ts';

export const BACKENDS = ['redis', 'postgres'] as const;
export type Backend = (typeof BACKENDS)[number];

/** With default settings, which are durable. */
interface Server {
  readonly url: string;
  stop(): Promise<void>;
  /** For the last moment of the process. */
  kill(): void;
}

/** The servers that everything here runs on: one PostgreSQL, one Redis. */
export interface World {
  readonly backend: Backend;
  readonly postgres: Server;
  /** Runs even when the service's queue is on PostgreSQL: peers need it. */
  readonly redis: Server;
  readonly dir: string;
  /** Starts the service on a fresh database. */
  install(options?: Partial<Pick<InstallOptions, 'workers' | 'settings'>>): Promise<Installation>;
  /** To be closed after the family of rows, in reverse order. */
  defer(close: () => Promise<unknown>): void;
  /** Closes what a family has opened. */
  clear(): Promise<void>;
  /** Stops and removes everything. */
  end(): Promise<void>;
}

/** @param nodeArgs options of Node for the API and the workers, such as --cpu-prof */
export async function createWorld(backend: Backend, nodeArgs: readonly string[]): Promise<World> {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'bulk-bench-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  chmodSync(dir, 0o755);
  const postgres = await providePostgres(dir);
  const redisDir = join(dir, 'redis');
  mkdirSync(redisDir);
  const redis = await startRedis({ dir: redisDir });
  const logFile = openSync(join(dir, 'service.log'), 'a');
  const deferred: Array<() => Promise<unknown>> = [];
  const abandon = () => {
    redis.kill();
    postgres.kill();
    rmSync(dir, { recursive: true, force: true, maxRetries: 10 });
  };
  process.once('exit', abandon);

  const world: World = {
    backend,
    postgres,
    redis,
    dir,
    async install({ workers = 1, ...more } = {}) {
      const redisUrl = backend === 'redis' ? redis.url : null;
      const servers = { postgresUrl: postgres.url, redisUrl };
      const installation = await install({ servers, workers, logFile, nodeArgs, ...more });
      world.defer(installation.remove);
      return installation;
    },
    defer: (close) => void deferred.push(close),
    async clear() {
      for (let close = deferred.pop(); close !== undefined; close = deferred.pop()) await close();
    },
    async end() {
      await world.clear();
      process.off('exit', abandon);
      await redis.stop();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return world;
}

/** The one that DATABASE_URL names, else one of our own. */
async function providePostgres(dir: string): Promise<Server> {
  const given = process.env.DATABASE_URL;
  if (given) return { url: given, stop: async () => {}, kill: () => {} };
  return startEmbeddedPostgres({ dataDir: join(dir, 'postgres'), log: () => {}, durable: true });
}
