import { existsSync, rmSync, statfsSync } from 'node:fs';
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@bulk/embedded';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { migrate } from '../migrate.ts';
import { redisHosts } from '../redis/redis-address.ts';
import { createRedisClient } from '../redis/redis-client.ts';
import { TEMPLATE_DATABASE } from './template.ts';
import { waitFor } from './wait-for.ts';

/**
 * One PostgreSQL for the whole run, with a migrated database that each test file copies: an embedded one, or the
 * server of TEST_DATABASE_URL, as its superuser.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const tempDir = await mkdtemp(join(await realpath(folderInMemory() ?? tmpdir()), 'bulk-test-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  await chmod(tempDir, 0o755);
  const given = process.env.TEST_DATABASE_URL;
  const postgres = given
    ? await givenServer(given)
    : await startEmbeddedPostgres({ dataDir: join(tempDir, 'postgres'), log: () => {}, durable: false });

  // On Ctrl-C Vitest exits at once, without any teardown. npm passes the signal on, so that it comes
  // twice, and without a listener the second would end the process before it could clean up.
  const removeAtExit = () => {
    postgres.kill();
    rmSync(tempDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  };
  process.once('exit', removeAtExit);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

  const tearDown = async () => {
    process.off('exit', removeAtExit);
    await postgres.stop();
    await rm(tempDir, { recursive: true, force: true });
  };

  try {
    const redisUrl = process.env.TEST_REDIS_URL ?? null;
    if (redisUrl !== null) await untilRedisAnswers(redisUrl);
    await migrate({ databaseUrl: at(postgres.url, TEMPLATE_DATABASE), redisUrl: null, queuePrefix: 'bulk' });
    project.provide('postgresUrl', at(postgres.url, 'postgres'));
    project.provide('redisUrl', redisUrl);
    project.provide('tempDir', tempDir);
  } catch (error) {
    await tearDown(); // Vitest does not after a setup that failed
    throw error;
  }
  return tearDown;
}

/**
 * Linux's file system in memory, where it has room. Each test's database is hundreds of files; to make and delete
 * them on ext4 took a third of the processor time of the unit tests, as ext4 looks for a place among all that were just deleted.
 */
function folderInMemory(): string | null {
  if (!existsSync(MEMORY)) return null;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= NEEDED_BYTES ? MEMORY : null;
}
const MEMORY = '/dev/shm';
/** A run needs up to 1 GiB. */
const NEEDED_BYTES = 4 * 1024 ** 3;

async function givenServer(url: string): Promise<Pick<EmbeddedPostgres, 'url' | 'stop' | 'kill'>> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  // Of an earlier run.
  await client.query(`drop database if exists ${TEMPLATE_DATABASE} with (force)`);
  await client.end();
  return { url, stop: async () => {}, kill: () => {} };
}

function at(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function untilRedisAnswers(redisUrl: string): Promise<void> {
  const redis = createRedisClient(redisUrl, { maxRetriesPerRequest: 0, retryStrategy: () => 50 });
  redis.on('error', () => {});
  const ping = async () => (await redis.ping()) === 'PONG';
  const answers = await waitFor(ping, { timeoutMs: 5_000, intervalMs: 50 }).catch(() => false);
  redis.disconnect();
  if (answers) return;
  throw new Error(
    `No Redis answers at ${redisHosts(redisUrl)}. Start one with \`redis-server\`, or leave it out: npm test -- --no-redis`,
  );
}
