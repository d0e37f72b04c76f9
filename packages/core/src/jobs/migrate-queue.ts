import { assertSchemaCompatibility, runMigrations } from 'bullmq';
import pg from 'pg';

/**
 * Brings the queue's own tables in PostgreSQL up to date, in a schema of their own. They are
 * BullMQ's and never part of our migrations. BullMQ lets one migrate after the other.
 *
 * @returns what was applied, in words; nothing when they were up to date
 */
export async function migrateQueue(databaseUrl: string, schema: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const before = await currentVersion(client, schema);
    const version = await runMigrations(client, schema);
    return version === before ? [] : [`queue tables in schema ${schema}, version ${version}`];
  } finally {
    await client.end();
  }
}

/** Whether the queue's own tables in PostgreSQL are there, and not of a release that this one is too old for. */
export async function isQueueMigrated(databaseUrl: string, schema: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return await assertSchemaCompatibility(client, schema).then(
      () => true,
      () => false,
    );
  } finally {
    await client.end();
  }
}

async function currentVersion(client: pg.Client, schema: string): Promise<number | null> {
  const table = `${pg.escapeIdentifier(schema)}.migration`;
  const exists = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    table,
  ]);
  if (exists.rows[0]?.found !== true) return null;
  const newest = await client.query<{ version: number }>(`select max(version) as version from ${table}`);
  return newest.rows[0]?.version ?? null;
}
