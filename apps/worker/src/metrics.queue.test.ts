import type { AddressInfo } from 'node:net';
import { startMetricsServer } from '@bulk/core';
import { createTestDeps, mentors, readDetails, submit, type TestDeps, waitFor } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { startSweeper } from './sweeper.ts';
import { startWorkers, type Workers } from './workers.ts';

let deps: TestDeps;
let url: string;
let close: () => void;
let workers: Workers | null;

beforeEach(async () => {
  deps = await createTestDeps({
    backend: inject('queueBackend'),
    settings: { METRICS_PORT: '0', DATABASE_POOL_SIZE: '3', BATCH_SIZE: '50', SWEEP_MS: '200' },
  });
  const server = await startMetricsServer(deps);
  url = `http://127.0.0.1:${(server!.address() as AddressInfo).port}/metrics`;
  close = () => server?.close();
  workers = null;
});
afterEach(async () => {
  await workers?.stop();
  close();
  await deps.close();
});

function work(): void {
  workers = startWorkers(deps, new AbortController().signal);
}

const finished = (id: string) => waitFor(async () => (await readDetails(deps, id)).status !== 'processing');

/** The value of one series, as Prometheus would read it; undefined: it is not there. */
async function read(series: string): Promise<number | undefined> {
  const text = await (await fetch(url)).text();
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? undefined : Number(line.slice(series.length));
}

test('a registration that ends is counted with its batches and mentors, failed ones by error code', async () => {
  work();
  for (const count of [10, 120, 3]) await finished(await submit(deps, { mentor_ids: mentors('m', count) }));

  // A worker counts what is committed, so a moment later.
  await waitFor(async () => (await read('bulk_registrations_ended_total{outcome="failed"}')) === 1);
  expect(await read('bulk_registrations_ended_total{outcome="completed"}')).toBe(2);
  expect(await read('bulk_mentor_results_total{status="success",error_code=""}')).toBe(120);
  expect(await read('bulk_mentor_results_total{status="failed",error_code="duplicate"}')).toBe(13);
  expect(await read('bulk_batch_duration_seconds_count{outcome="written"}')).toBe(5);
  expect(await read('bulk_acceptance_duration_seconds_count{operation="submit"}')).toBe(3);
});

test('while nobody works, what waits is seen, and for how long', async () => {
  await submit(deps, { mentor_ids: mentors('m', 10) });
  await submit(deps, { mentor_ids: mentors('n', 10) });
  await waitFor(async () => (await read('bulk_jobs{queue="first",state="waiting"}')) === 2);
  expect(await read('bulk_jobs{queue="rest",state="waiting"}')).toBe(0);
  expect(await read('bulk_registrations_processing')).toBe(2);
  const ages = [
    'bulk_jobs_oldest_waiting_seconds{queue="first"}',
    'bulk_registrations_processing_oldest_seconds',
  ];
  const before = await Promise.all(ages.map(read));
  for (const [index, age] of ages.entries()) {
    await waitFor(async () => ((await read(age)) ?? 0) > (before[index] ?? 0));
  }
  work();
  await waitFor(async () => (await read('bulk_jobs{queue="first",state="waiting"}')) === 0);
  await waitFor(async () => (await read('bulk_registrations_processing_oldest_seconds')) === 0);
});

test('what is left of a large registration waits in the other queue', async () => {
  const [, rest] = deps.queue.dashboardQueues();
  await rest?.pause();
  await submit(deps, { mentor_ids: mentors('m', 120) });
  work();
  await waitFor(async () => (await read('bulk_jobs{queue="rest",state="waiting"}')) === 1);
  await waitFor(async () => ((await read('bulk_jobs_oldest_waiting_seconds{queue="rest"}')) ?? 0) > 0);
  await rest?.resume();
  await waitFor(async () => (await read('bulk_jobs{queue="rest",state="waiting"}')) === 0);
});

test.each(['retried', 'undone'])('what is %s is as old as that, not as its registration', async (action) => {
  const id = await submit(deps);
  await deps.db.prisma.$executeRaw`
    update bulk_registrations
    set created_at = now() - interval '1 day', attempt = 2`;
  await deps.db.prisma.$executeRaw`
    insert into registration_history (registration_id, action, actor, at)
    select id, ${action}, 'anonymous', now() - interval '1 hour' from bulk_registrations`;
  expect(id).toBe('bulk-001');
  const age = await read('bulk_registrations_processing_oldest_seconds');
  expect(Math.round((age ?? 0) / 60)).toBe(60);
});

test('a lost job that the sweeper enqueues again is counted', async () => {
  const id = await submit(deps);
  await waitFor(async () => (await read('bulk_jobs{queue="first",state="waiting"}')) === 1);
  for (const queue of deps.queue.dashboardQueues()) await queue.obliterate({ force: true });
  const sweeper = startSweeper(deps);
  await waitFor(async () => (await read('bulk_registrations_re_enqueued_total')) === 1);
  await waitFor(async () => ((await read('bulk_sweeps_total')) ?? 0) > 0);
  await sweeper.stop();
  work();
  await finished(id);
});

test('a transient error is counted by its code', async () => {
  await deps.db.prisma.$executeRaw`alter table activities rename to activities_away`;
  work();
  const id = await submit(deps);
  await waitFor(async () => ((await read('bulk_transient_errors_total{code="internal"}')) ?? 0) > 0);
  expect(await read('bulk_batch_duration_seconds_count{outcome="error"}')).toBeGreaterThan(0);
  await deps.db.prisma.$executeRaw`alter table activities_away rename to activities`;
  await finished(id);
});

test('statements that wait for a connection are seen, and the metrics come all the same', async () => {
  let release = () => {};
  const held = Array.from({ length: 3 }, () =>
    deps.db.prisma.$transaction((tx) => tx.$queryRaw`select 1`.then(() => until), { timeout: 60_000 }),
  );
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  await waitFor(async () => (await read('bulk_database_pool_connections{state="in_use"}')) === 3);
  const waiting = deps.db.prisma.$queryRaw`select 1`.catch(() => null);
  await waitFor(async () => ((await read('bulk_database_pool_waiting')) ?? 0) > 0);
  expect(await read('bulk_database_pool_size')).toBe(3);
  release();
  await Promise.all([...held, waiting]);
  await waitFor(async () => (await read('bulk_database_pool_waiting')) === 0);
});

test('a database that is away is seen, and no old number passes for a new one', async () => {
  await submit(deps);
  await waitFor(async () => (await read('bulk_registrations_processing')) === 1);
  await deps.database.goAway();
  await waitFor(async () => (await read('bulk_database_up')) === 0);
  expect(await read('bulk_registrations_processing')).toBeUndefined();
  // The queue on PostgreSQL is away with it; the one on Redis is not.
  const isQueueUp = inject('queueBackend') === 'redis' ? 1 : 0;
  await waitFor(async () => (await read('bulk_queue_up')) === isQueueUp);
  await deps.database.comeBack();
  await waitFor(async () => (await read('bulk_database_up')) === 1 && (await read('bulk_queue_up')) === 1);
});
