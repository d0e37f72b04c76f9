import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { MIGRATION_LOCK } from './database/migrate-database.ts';
import { migrate } from './migrate.ts';
import { waitFor } from './testing/index.ts';

test('a fresh database is created and migrated, and the second time there is nothing to do', async () => {
  const databaseUrl = newDatabaseUrl();
  const { applied } = await migrate({ databaseUrl, redisUrl: null, queuePrefix: 'bulk' });
  expect(applied).toEqual([
    ...(await recordedMigrations(databaseUrl)),
    expect.stringContaining('queue tables in schema bulk_queue'),
  ]);
  expect(applied.length).toBeGreaterThan(1);
  expect(await migrate({ databaseUrl, redisUrl: null, queuePrefix: 'bulk' })).toEqual({ applied: [] });
});

test('with Redis the queue has no tables in PostgreSQL', async () => {
  const databaseUrl = newDatabaseUrl();
  await migrate({ databaseUrl, redisUrl: 'redis://127.0.0.1:1', queuePrefix: 'bulk' });
  expect(await query(databaseUrl, "select to_regnamespace('bulk_queue') as schema")).toEqual([
    { schema: null },
  ]);
});

test('a database that takes no writes is named, with its setting', async () => {
  const databaseUrl = newDatabaseUrl();
  const options = { databaseUrl, redisUrl: 'redis://127.0.0.1:1', queuePrefix: 'bulk' };
  await migrate(options);
  const { hostname, port, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  await query(databaseUrl, `alter database ${name} set default_transaction_read_only = on`);
  await expect(migrate(options)).rejects.toThrow(
    `DATABASE_URL names a database that takes no writes: ${name} on ${hostname}:${port}. It is a standby, or has default_transaction_read_only on.`,
  );
});

test('several at once apply each migration once', async () => {
  const databaseUrl = newDatabaseUrl();
  const options = { databaseUrl, redisUrl: 'redis://127.0.0.1:1', queuePrefix: 'bulk' };
  const outcomes = await Promise.all([migrate(options), migrate(options), migrate(options)]);
  const recorded = await recordedMigrations(databaseUrl);
  expect(outcomes.flatMap(({ applied }) => applied)).toEqual(recorded);
});

test('a migrate waits for the one that is running', async () => {
  const databaseUrl = newDatabaseUrl();
  const options = { databaseUrl, redisUrl: 'redis://127.0.0.1:1', queuePrefix: 'bulk' };
  await migrate(options);
  const running = new pg.Client({ connectionString: databaseUrl });
  await running.connect();
  await running.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);

  const waiting = migrate(options);
  const waiters = `select pid from pg_locks join pg_database on oid = database
    where locktype = 'advisory' and not granted and datname = current_database()`;
  await waitFor(async () => (await query(databaseUrl, waiters)).length === 1);

  await running.end();
  expect(await waiting).toEqual({ applied: [] });
});

test('a migration whose process was killed runs again', async () => {
  const databaseUrl = newDatabaseUrl();
  const options = { databaseUrl, redisUrl: 'redis://127.0.0.1:1', queuePrefix: 'bulk' };
  const [name = ''] = (await migrate(options)).applied;
  // What a kill leaves: the attempt is recorded, and the script is rolled back with its session.
  await query(
    databaseUrl,
    `create schema kept;
     alter table _prisma_migrations set schema kept;
     drop schema public cascade;
     create schema public;
     alter table kept._prisma_migrations set schema public;
     update _prisma_migrations set finished_at = null, applied_steps_count = 0`,
  );

  expect((await migrate(options)).applied).toContain(name);
  expect(await query(databaseUrl, 'select count(*)::integer as count from activities')).toEqual([
    { count: 0 },
  ]);
});

test('a server that is not there is named, without the password', async () => {
  const options = {
    databaseUrl: 'postgresql://a:hunter2@localhost:1/bulk',
    redisUrl: null,
    queuePrefix: 'bulk',
  };
  const message = await migrate(options).then(
    () => 'none',
    (error: Error) => error.message,
  );
  expect(message).toMatch(/^PostgreSQL at localhost:1\/bulk can't be used: .*ECONNREFUSED/);
  expect(message).not.toContain('hunter2');
});

function newDatabaseUrl(): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/migrate_${randomBytes(6).toString('hex')}`;
  return url.href;
}

async function recordedMigrations(databaseUrl: string): Promise<string[]> {
  const rows = await query(
    databaseUrl,
    'select migration_name from _prisma_migrations where finished_at is not null order by started_at',
  );
  return rows.map((row) => String(row.migration_name));
}

async function query(databaseUrl: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
