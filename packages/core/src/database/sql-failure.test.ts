import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startFreezableServer } from '../testing/freezable-server.ts';
import { createTestDeps, type TestDeps } from '../testing/index.ts';
import { createDatabase } from './client.ts';
import { classifySqlFailure } from './sql-failure.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps();
});
afterAll(() => deps.close());

/** What a statement fails as, on the real server. */
const failureOf = (statement: Promise<unknown>) =>
  statement.then(() => {
    throw new Error('it did not fail');
  }, classifySqlFailure);

test('a value, a rule and a size that the database refuses blame the data', async () => {
  const { prisma } = deps.db;
  expect(await failureOf(prisma.$queryRaw`select 1 / 0`)).toEqual({ kind: 'data', code: 'invalid_value' });
  expect(await failureOf(prisma.$executeRaw`insert into sweeps (swept_at) values (now())`)).toEqual({
    kind: 'data',
    code: 'constraint_violated',
  });
  const tooWide = prisma.$executeRaw`
    insert into activities (mentor_id, activity_type, activity_date, duration_minutes, coordinator_id, bulk_registration_id)
    select string_agg(md5(n::text), ''), 't', '2026-01-01', 1, 'c', 1 from generate_series(1, 1000) n`;
  expect(await failureOf(tooWide)).toEqual({ kind: 'data', code: 'limit_exceeded' });
});

test('a timeout and a lock that does not come mean that the database is busy', async () => {
  const { prisma } = deps.db;
  const timeout = prisma.$transaction(async (tx) => {
    await tx.$executeRaw`set local statement_timeout = 20`;
    await tx.$executeRaw`select pg_sleep(10)`;
  });
  expect(await failureOf(timeout)).toEqual({ kind: 'transient', code: 'database_busy' });

  const locked = prisma.$transaction(async (tx) => {
    await tx.$executeRaw`lock table sweeps`;
    const waiting = prisma.$transaction(async (other) => {
      await other.$executeRaw`set local lock_timeout = 20`;
      await other.$executeRaw`lock table sweeps`;
    });
    await waiting;
  });
  expect(await failureOf(locked)).toEqual({ kind: 'transient', code: 'database_busy' });
});

test('a connection that is cut, or never comes about, means that the database is unavailable', async () => {
  const { prisma } = deps.db;
  const cut = prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select pg_terminate_backend(pg_backend_pid())`;
    await tx.$queryRaw`select 1`;
  });
  expect(await failureOf(cut)).toEqual({ kind: 'transient', code: 'database_unavailable' });
  await prisma.$queryRaw`select 1`;

  const nowhere = createDatabase(
    { ...deps.config, databaseUrl: 'postgresql://u:secret@127.0.0.1:1/none' },
    deps.log,
  );
  expect(await failureOf(nowhere.prisma.$queryRaw`select 1`)).toEqual({
    kind: 'transient',
    code: 'database_unavailable',
  });
  await nowhere.close();
});

test('a database that lets nobody in means that it is unavailable', async () => {
  await deps.database.goAway();
  // The first ones learn that their sessions have ended, the others find none.
  for (let n = 1; n <= 20; n++) {
    const failure = await failureOf(deps.db.prisma.$queryRaw`select 1`);
    expect(failure).toEqual({ kind: 'transient', code: 'database_unavailable' });
  }
  await deps.database.comeBack();
});

test('a server that is frozen means that the database is unavailable, on a new connection and an old one', async () => {
  const server = await startFreezableServer(deps.config.databaseUrl);
  const db = createDatabase({ ...deps.config, databaseUrl: server.url }, deps.log);
  const { prisma } = db;
  await prisma.$queryRaw`select 1`;
  server.freeze();
  const failures = await Promise.all([prisma.$queryRaw`select 1`, prisma.$queryRaw`select 2`].map(failureOf));
  expect(failures).toEqual(Array(2).fill({ kind: 'transient', code: 'database_unavailable' }));
  await server.close();
  await db.close();
});

test('a begin and a commit that are cut off mean that the database is unavailable', async () => {
  const server = await startFreezableServer(deps.config.databaseUrl);
  const db = createDatabase({ ...deps.config, databaseUrl: server.url }, deps.log);
  const { prisma } = db;
  for (const waitMs of [0, 20]) {
    const commit = prisma.$transaction(async (tx) => {
      await tx.$queryRaw`select 1`;
      server.reset();
      await delay(waitMs);
    });
    expect(await failureOf(commit)).toEqual({ kind: 'transient', code: 'database_unavailable' });
  }
  await prisma.$queryRaw`select 1`;
  server.freeze();
  const begin = prisma.$transaction(async () => {});
  await delay(20);
  server.reset();
  expect(await failureOf(begin)).toEqual({ kind: 'transient', code: 'database_unavailable' });
  await server.close();
  await db.close();
});

test('an error of the schema or of our own is neither the data nor a busy database', async () => {
  expect(await failureOf(deps.db.prisma.$queryRaw`select * from nowhere`)).toEqual({
    kind: 'transient',
    code: 'internal',
  });
  expect(classifySqlFailure(new TypeError('of ours'))).toEqual({ kind: 'transient', code: 'internal' });
  expect(classifySqlFailure(undefined)).toEqual({ kind: 'transient', code: 'internal' });
});
