import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type pg from 'pg';
import { createDatabaseIfMissing } from './create-database.ts';
import { applyWithSchemaEngine, type MigrationList } from './schema-engine.ts';
import { withConnection } from './with-connection.ts';

/** From src/db and dist/db alike. */
const MIGRATIONS = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url));

/**
 * Two migrates at once queue up here. Prisma's own lock gives up after 10 s, and would not keep the
 * second from taking what the first is at for an interrupted migration.
 */
export const MIGRATION_LOCK = 6_251_181;

/**
 * Creates the database if need be and applies the migrations it lacks.
 *
 * @returns the names of those applied now
 * @throws Error in plain words for a database that takes no writes
 */
export async function migrateDatabase(databaseUrl: string): Promise<string[]> {
  await createDatabaseIfMissing(databaseUrl);
  return withConnection(databaseUrl, async (client) => {
    await refuseReadOnly(client);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return applyWithSchemaEngine(databaseUrl, await readMigrations());
  });
}

async function refuseReadOnly(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ transaction_read_only: string }>('show transaction_read_only');
  if (rows[0]?.transaction_read_only !== 'on') return;
  throw new Error(
    `DATABASE_URL names a database that takes no writes: ${client.database} on ${client.host}:${client.port}. ` +
      'It is a standby, or has default_transaction_read_only on.',
  );
}

/** The migrations of this release, in their order. */
export async function listMigrationNames(): Promise<string[]> {
  const entries = await readdir(MIGRATIONS, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function readMigrations(): Promise<MigrationList> {
  const names = await listMigrationNames();
  return {
    baseDir: dirname(MIGRATIONS),
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      names.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(MIGRATIONS, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}
