import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  runMigrations,
  withBackend,
} from 'bullmq';
import pg from 'pg';
import { monotonicMs } from '../clock.ts';
import { startHelper } from '../helper.ts';
import { eachOf } from '../measure.ts';
import type { World } from '../world.ts';

const SCHEMA = 'bare_bullmq';

/** BullMQ and nothing else: jobs that do nothing, on the service's backend, with its concurrency. */
export async function bareBullmq(world: World, databaseUrl: string) {
  const { backend, redis } = world;
  const name = `bare-${process.pid}`;
  const url = backend === 'redis' ? redis.url : databaseUrl;
  if (backend === 'postgres') await migrateSchema(url);
  const queue = new (bareClasses(url).Queue)(name, { connection: bareConnection(url) });
  const worker = await startHelper<{ count: number }, number>('peers/bare-bullmq-worker.ts', [url, name]);

  world.defer(async () => {
    await worker.stop();
    await queue.obliterate({ force: true });
    await queue.close();
  });

  const add = () => queue.add('nothing', {}, { removeOnComplete: { age: 3_600 } });
  return {
    /** Adds `count` jobs, `width` at a time. @returns jobs per second, until the last one is processed */
    async addAndProcess(count: number, width: number): Promise<number> {
      const startedAt = monotonicMs();
      const done = worker.ask({ count });
      await eachOf(count, width, add);
      return count / (((await done) - startedAt) / 1_000);
    },
    /** @returns milliseconds from adding a job until another process has processed it */
    async hop(): Promise<number> {
      const done = worker.ask({ count: 1 });
      const startedAt = monotonicMs();
      await add();
      return (await done) - startedAt;
    },
  };
}

/** BullMQ's classes for the backend that the address belongs to. */
export function bareClasses(url: string) {
  const factory = url.startsWith('redis') ? createRedisBackend : createPostgresBackend;
  // biome-ignore lint/suspicious/noExplicitAny: the backends differ in the type of their connection only
  return withBackend(factory as BackendFactory<IQueueBackend, any>);
}

export function bareConnection(url: string) {
  return url.startsWith('redis')
    ? { url, maxRetriesPerRequest: null }
    : { connectionString: url, schema: SCHEMA, max: 5 };
}

async function migrateSchema(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await runMigrations(client, SCHEMA);
  await client.end();
}
