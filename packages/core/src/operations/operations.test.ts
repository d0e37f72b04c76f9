import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweep } from '../jobs/sweep.ts';
import {
  createTestDeps,
  mentors,
  runChain,
  runNextBatch,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { createHeartbeat } from '../workers/heartbeat.ts';
import { createOperationsReader } from './operations-reader.ts';
import { createResultCounter, readFailures, readThroughput } from './result-counts.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps();
});
afterEach(() => deps.close());

const prisma = () => deps.db.prisma;
const throughput = () => readThroughput(prisma());
const written = async () => (await throughput()).reduce((sum, each) => sum + each.mentor_count, 0);

test('a worker stores what it counted, once', async () => {
  const store = createResultCounter(deps);
  await store();
  expect(await written()).toBe(0);
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 12) }));
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 30) }));
  await store();
  await store();
  expect(await written()).toBe(42);
  expect(await readFailures(prisma())).toEqual([{ error_code: 'duplicate', count: 12 }]);
  expect(await throughput()).toHaveLength(60);
  expect((await throughput()).at(-1)?.minute).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:00Z$/);
});

test('what could not be stored is stored the next time', async () => {
  const store = createResultCounter(deps);
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 5) }));
  await prisma().$executeRaw`alter table result_counts rename to away`;
  await expect(store()).rejects.toThrow();
  await prisma().$executeRaw`alter table away rename to result_counts`;
  await store();
  expect(await written()).toBe(5);
});

test('failures count for 24 hours, throughput for 60 minutes, and old counts are deleted', async () => {
  await prisma().$executeRaw`
    insert into result_counts (minute, error_code, mentors)
    select date_trunc('minute', clock_timestamp()) - age, error_code, mentors
    from (
      values
        (interval '5 minutes', '', 100),
        (interval '2 hours', 'rejected', 3),
        (interval '2 hours', 'activity_gone', 9),
        (interval '26 hours', 'duplicate', 7)
    ) as given (age, error_code, mentors)`;
  expect(await written()).toBe(100);
  expect((await throughput()).at(-6)?.mentor_count).toBe(100);
  expect(await readFailures(prisma())).toEqual([{ error_code: 'rejected', count: 3 }]);
  await sweep(deps, new AbortController().signal);
  expect(await prisma().resultCount.count()).toBe(3);
});

test('it says what waits, who works, and whether the queue is paused', async () => {
  await createHeartbeat(prisma())();
  const id = await submit(deps, { mentor_ids: mentors('m', 2_500) });
  await waitFor(async () => (await deps.queue.countJobs()).first.waiting === 1);
  await prisma().$executeRaw`update bulk_registrations set created_at = created_at - interval '1 minute'`;
  await deps.queue.dashboardQueues()[0]?.pause();
  const read = createOperationsReader(deps);
  const state = await read();
  expect(state).toMatchObject({
    workers: [{ is_alive: true }],
    processing: { count: 1, oldest_seconds: expect.closeTo(60, -1) },
    queue: {
      is_paused: true,
      jobs: [
        { queue: 'first', waiting: 1, active: 0, oldest_waiting_seconds: expect.any(Number) },
        { queue: 'rest' },
      ],
    },
  });
  await runNextBatch(deps, id);
  // Of all who ask in two seconds, only the first one asks the database.
  expect(await read()).toBe(state);
});
