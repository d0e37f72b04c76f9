import { chmod, mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, loadConfig, migrate, startMetricsServer } from '@bulk/core';
import {
  createTestDeps,
  examined,
  mentors,
  openPatientDatabase,
  registrationRequest,
  runChain,
  startFreezableServer,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test } from 'vitest';
import { buildApp } from '../apps/api/src/app.ts';
import { runContract } from './contract/contract-run.ts';
import { type PostgresPair, startPostgresPair } from './rollout/postgres-pair.ts';
import { startService } from './service.ts';

// Real streaming replication. The last test promotes the standby.

/** However busy the machine is, the replica is waited for. */
const PATIENT = { DATABASE_REPLICA_LAG_MS: '10000' };
const REGISTRATIONS = '/api/v1/bulk-registrations';

let pair: PostgresPair;
let standby: Database;
let primary: Database;
beforeAll(async () => {
  const dir = await mkdtemp(join(inject('tempDir'), 'replica-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  await chmod(dir, 0o755);
  pair = await startPostgresPair(
    dir,
    async (url) => {
      await migrate(loadConfig({ DATABASE_URL: url }));
    },
    { isSynchronous: false },
  );
  primary = openPatientDatabase(pair.url);
  standby = openPatientDatabase(pair.standbyUrl);
});
afterAll(async () => {
  await primary.close();
  await standby.close();
  await pair.stop();
});

let deps: TestDeps;
let app: Awaited<ReturnType<typeof buildApp>>;
beforeEach(() => start());
afterEach(() => stop());

async function start(settings: Record<string, string> = {}): Promise<void> {
  deps = await createTestDeps({
    backend: 'memory',
    settings: { DATABASE_URL: pair.url, DATABASE_REPLICA_URL: pair.standbyUrl, ...settings },
  });
  app = await buildApp(deps);
}

async function stop(): Promise<void> {
  await app.close();
  await deps.close();
}

async function restart(settings: Record<string, string>): Promise<void> {
  await stop();
  await start(settings);
}

const onStandby = (sql: TemplateStringsArray, ...values: unknown[]) =>
  standby.prisma.$queryRaw<unknown[]>(sql, ...values);
const reads = () => ({ ...deps.db.replica?.reads });

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ url: path, headers });
  expect([200, 304]).toContain(response.statusCode);
  return response;
}

async function post(prefix: string, count = 4): Promise<string> {
  const payload = registrationRequest({ mentor_ids: mentors(prefix, count), activity_type: prefix });
  const response = await app.inject({ method: 'POST', url: REGISTRATIONS, payload });
  expect(response.statusCode).toBe(202);
  return response.json().id;
}

/** The whole of a registration, as each route shows it. */
async function expectShown(id: string, status: string): Promise<void> {
  const details = (await get(`${REGISTRATIONS}/${id}`)).json();
  expect(details.status).toBe(status);
  expect((await get(`${REGISTRATIONS}/${id}?view=status`)).json().status).toBe(status);
  const list = (await get(`${REGISTRATIONS}?status=${status}`)).json();
  expect(list.data.map((each: { id: string }) => each.id)).toContain(id);
  const results = (await get(`${REGISTRATIONS}/${id}/results`)).json();
  expect(results.data).toEqual(details.results);
  const found = (await get(`/api/v1/search?q=${id}`)).json();
  expect(found.data.map((each: { id: string }) => each.id)).toEqual([id]);
}

async function configureStandby(statement: TemplateStringsArray): Promise<void> {
  await standby.prisma.$executeRaw(statement);
  await onStandby`select pg_reload_conf()::text`;
}

async function paused(run: () => Promise<void>): Promise<void> {
  await onStandby`select pg_wal_replay_pause()::text`;
  try {
    await run();
  } finally {
    await onStandby`select pg_wal_replay_resume()::text`;
  }
}

const isUsedAgain = () =>
  waitFor(async () => (await get('/readyz')).json().replica === 'ok', { timeoutMs: 30_000 });

test('lists, details, results, files, search, activities, totals and operations are read from the replica', async () => {
  await restart(PATIENT);
  const id = await post('everything', 2_500);
  await runChain(deps, id);
  await isUsedAgain();
  const before = reads();
  const { results } = (await get(`${REGISTRATIONS}/${id}`)).json();
  expect(results).toHaveLength(2_500);
  const csv = await get(`${REGISTRATIONS}/${id}/results?format=csv`);
  expect(csv.body.split('\n').length).toBeGreaterThan(2_500);
  for (const path of [
    REGISTRATIONS,
    `${REGISTRATIONS}/${id}/results`,
    `${REGISTRATIONS}/${id}/failures`,
    `${REGISTRATIONS}/${id}/attempts`,
    `${REGISTRATIONS}/${id}/verification`,
    '/api/v1/search?q=everything',
    '/api/v1/mentors/everything-7/activities',
    `/api/v1/activities/${results[0].activity_id}`,
    '/api/v1/totals',
    '/api/v1/operations',
  ]) {
    const { replica } = reads();
    await get(path);
    expect(reads().replica, path).toBeGreaterThan(replica ?? 0);
  }
  expect(reads().primary).toBe(before.primary);
});

test('whoever reads sees what was written before, while the replica stands still', async () => {
  await isUsedAgain();
  await paused(async () => {
    const id = await post('standstill');
    await expectShown(id, 'processing');
    const seen = await get(`${REGISTRATIONS}/${id}`);
    const known = { 'if-none-match': String(seen.headers.etag) };
    expect((await get(`${REGISTRATIONS}/${id}`, known)).statusCode).toBe(304);
    await runChain(deps, id);
    await expectShown(id, 'completed');
    expect((await get(`${REGISTRATIONS}/${id}`, known)).json().status).toBe('completed');
    expect((await get('/readyz')).json()).toMatchObject({ status: 'ready', replica: 'not used' });
  });
  await isUsedAgain();
});

test('a replica that is a moment behind is waited for', async () => {
  await restart(PATIENT);
  await isUsedAgain();
  const before = reads();
  let shown: Promise<void> = Promise.resolve();
  await paused(async () => {
    const id = await post('moment');
    shown = expectShown(id, 'processing');
    const [{ now }] = (await onStandby`select clock_timestamp()::text as now`) as [{ now: string }];
    await waitFor(async () => {
      const asked = await onStandby`
        select 1
        from pg_stat_activity
        where query like ${'%pg_last_wal_replay_lsn%'}
          and query_start > ${now}::timestamptz`;
      return asked.length > 0;
    });
  });
  await shown;
  expect(reads().primary).toBe(before.primary);
});

test('a large answer goes on when the replica ends its connections in the middle', async () => {
  const id = await post('large', 30_000);
  await runChain(deps, id);
  await isUsedAgain();
  const [details] = await Promise.all([
    get(`${REGISTRATIONS}/${id}`),
    get(`${REGISTRATIONS}/${id}/results?format=ndjson`),
    onStandby`
      select pg_terminate_backend(pid)::text
      from pg_stat_activity
      where pid <> pg_backend_pid()
        and datname = current_database()`,
  ]);
  expect(details.json().results).toHaveLength(30_000);
  await isUsedAgain();
});

test('a read that the replica cancels, because it conflicts with recovery, is answered by the primary', async () => {
  await restart(PATIENT);
  await isUsedAgain();
  await configureStandby`alter system set max_standby_streaming_delay = '0'`;
  const { prisma } = deps.db.replica ?? deps.db;
  const read = async () => prisma.$queryRaw`
    select pg_is_in_recovery() as "onReplica", case when pg_is_in_recovery() then pg_sleep(60)::text end
    from (select count(*) from activities) counted`;
  const reading = read();
  await waitFor(async () => {
    const running = await onStandby`
      select 1
      from pg_stat_activity
      where query like ${'%pg_sleep%'}
        and state = 'active'`;
    return running.length === 1;
  });
  await primary.prisma.$transaction((tx) => tx.$executeRaw`lock table activities in access exclusive mode`);
  expect(await reading).toMatchObject([{ onReplica: false }]);
  // The server counts it a moment later.
  const conflicts = () => onStandby`select sum(confl_lock)::integer as n from pg_stat_database_conflicts`;
  await expect.poll(conflicts, { timeout: 30_000 }).toEqual([{ n: 1 }]);
  await configureStandby`alter system set max_standby_streaming_delay = '30s'`;
});

test('a replica that is silent holds nobody up for long', async () => {
  const frozen = await startFreezableServer(pair.standbyUrl);
  await restart({ DATABASE_REPLICA_URL: frozen.url });
  const id = await post('silent');
  await isUsedAgain();
  frozen.freeze();
  const began = performance.now();
  for (let count = 0; count < 20; count += 1) await get(`${REGISTRATIONS}/${id}/results`);
  expect(performance.now() - began).toBeLessThan(4_000);
  await frozen.close();
});

test('reads are answered where nothing listens at the address of the replica', async () => {
  await restart({ DATABASE_REPLICA_URL: 'postgresql://bulk@127.0.0.1:1/bulk' });
  const id = await post('unreachable');
  await expectShown(id, 'processing');
  expect(reads().replica).toBe(0);
  expect((await get('/readyz')).json()).toMatchObject({ status: 'ready', replica: 'not used' });
});

test('the primary itself, named as its replica, answers as the primary', async () => {
  await restart({ DATABASE_REPLICA_URL: pair.url });
  await expectShown(await post('itself'), 'processing');
  expect(reads().replica).toBe(0);
});

test('the metrics tell which server answered', async () => {
  await restart({ ...PATIENT, METRICS_PORT: '0' });
  const server = await startMetricsServer(deps);
  await isUsedAgain();
  await get(REGISTRATIONS);
  const shown = await deps.metrics.registry.metrics();
  server?.close();
  expect(shown.split('\n')).toContain('bulk_database_replica_used 1');
  expect(
    shown.split('\n').some((line) => /^bulk_database_reads_total\{server="replica"\} [1-9]/.test(line)),
  ).toBe(true);
});

test('the doctor looks at the replica', async () => {
  const found = (url: string) =>
    examined({ DATABASE_URL: pair.url, DATABASE_REPLICA_URL: url }).then((all) =>
      all.filter(([, what]) => /replica/i.test(what)),
    );
  expect(await found(pair.standbyUrl)).toEqual([]);
  expect(await found(pair.url)).toEqual([
    ['error', 'The server of DATABASE_REPLICA_URL is no standby: reads go to the primary.'],
  ]);
  expect(await found('postgresql://bulk@127.0.0.1:1/bulk')).toEqual([
    ['error', expect.stringContaining("The replica at 127.0.0.1:1 can't be reached")],
  ]);
  await paused(async () => {
    await post('doctor');
    expect(await found(pair.standbyUrl)).toEqual([['warning', expect.stringContaining('The replica is')]]);
  });
});

test('the API keeps its contract with a replica that is a second behind', async () => {
  await configureStandby`alter system set recovery_min_apply_delay = '1s'`;
  const addresses = { DATABASE_URL: pair.url, DATABASE_REPLICA_URL: pair.standbyUrl };
  const service = await startService('postgres', addresses, () => pair.url);
  await service.start('worker');
  expect(await runContract(service.url)).toEqual([]);
  await service.close();
  await configureStandby`alter system set recovery_min_apply_delay = '0'`;
});

test('a replica that is promoted answers no more reads', async () => {
  const id = await post('promoted');
  await isUsedAgain();
  await onStandby`select pg_promote()::text`;
  // From here on it is another database, which goes its own way.
  await standby.prisma.$executeRaw`update bulk_registrations set notes = 'of the other one'`;
  const before = reads();
  expect((await get(`${REGISTRATIONS}/${id}`)).json().notes).toBeNull();
  await expectShown(await post('afterwards'), 'processing');
  expect(reads().replica).toBe(before.replica);
  expect((await get('/readyz')).json()).toMatchObject({ status: 'ready', replica: 'not used' });
});
