import type { Config } from './config.ts';
import { migrateDatabase } from './database/migrate-database.ts';
import { queueSchema } from './jobs/backend.ts';
import { migrateQueue } from './jobs/migrate-queue.ts';

/**
 * Brings the database up to date, the queue's tables too where it runs on PostgreSQL. Safe to run
 * at any time, twice at once as well.
 *
 * @returns what was applied, by name
 */
export async function migrate({
  databaseUrl,
  redisUrl,
  queuePrefix,
}: Pick<Config, 'databaseUrl' | 'redisUrl' | 'queuePrefix'>): Promise<{ applied: string[] }> {
  const applied = await migrateDatabase(databaseUrl);
  if (redisUrl === null) applied.push(...(await migrateQueue(databaseUrl, queueSchema({ queuePrefix }))));
  return { applied };
}
