import { parseRegistrationId, retryFailed } from '@bulk/core';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  readDetails,
  submit,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { startSweeper } from './sweeper.ts';
import { startWorkers, type Workers } from './workers.ts';

let deps: TestDeps;
let stopping: AbortController;
let workers: Workers[];

beforeEach(async () => {
  deps = await createTestDeps({
    backend: inject('queueBackend'),
    settings: {
      BATCH_SIZE: '50',
      TIME_SLICE_MS: '20',
      SWEEP_MS: '200',
      STALLED_CHECK_MS: '500',
      JOB_LOCK_MS: '1000',
    },
  });
  stopping = new AbortController();
  workers = [];
});
afterEach(async () => {
  await stopWorkers();
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

function work(): void {
  workers.push(startWorkers(deps, stopping.signal));
}

async function stopWorkers(): Promise<void> {
  await Promise.all(workers.splice(0).map((worker) => worker.stop()));
}

const submitted = (mentor_ids: string[]) => submit(deps, { mentor_ids });

const details = (id: string) => readDetails(deps, id);

async function jobCount(): Promise<number> {
  const counts = await Promise.all(deps.queue.dashboardQueues().map((queue) => queue.count()));
  return counts.reduce((sum, count) => sum + count, 0);
}

const finished = (id: string) =>
  waitFor(async () => {
    const now = await details(id);
    return now.status === 'processing' ? null : now;
  });

test('small and large registrations run to their end', async () => {
  work();
  const [small, large] = await Promise.all([submitted(mentors('s', 5)), submitted(mentors('l', 2_345))]);
  expect(await finished(small)).toMatchObject({ status: 'completed', success_count: 5 });
  expect(await finished(large)).toMatchObject({ status: 'completed', success_count: 2_345 });
});

test('what was submitted before any worker lives is done when one comes', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, (_, index) => submitted(mentors(`r${index}`, 3))));
  work();
  for (const id of ids) expect(await finished(id)).toMatchObject({ success_count: 3 });
});

test('several workers share a backlog of overlapping registrations without an error', async () => {
  work();
  work();
  const shared = mentors('shared', 300);
  const ids = await Promise.all([submitted(shared), submitted(shared.toReversed()), submitted(shared)]);
  const all = await Promise.all(ids.map(finished));
  expect(all.reduce((sum, each) => sum + each.success_count, 0)).toBe(300);
  expect(
    all.flatMap((each) => each.results).filter((result) => result.error && result.error.code !== 'duplicate'),
  ).toEqual([]);
});

test('a retry runs again only what failed', async () => {
  work();
  await finished(await submitted(mentors('m', 3)));
  const id = await submitted(mentors('m', 120));
  expect(await finished(id)).toMatchObject({ success_count: 117, failure_count: 3 });
  await retryFailed(deps, parseRegistrationId(id) ?? 0n, {
    action: 'retry_failed',
    override_duplicates: true,
  });
  expect(await finished(id)).toMatchObject({ success_count: 120, failure_count: 0, retry_count: 1 });
  expect(await deps.db.prisma.activity.count()).toBe(123);
});

test('the dashboard keeps one line a registration and attempt, with its progress', async () => {
  work();
  const id = await submitted(mentors('m', 500));
  await finished(id);
  const shown = await waitFor(async () => {
    const all = await Promise.all(deps.queue.dashboardQueues().map((queue) => queue.getJobs(['completed'])));
    const [only, ...others] = all.flat();
    const isNamed = only?.name === `${id}, attempt 1, 500 mentors`;
    return others.length === 0 && isNamed && isFull(only.progress) && only.progress;
  });
  expect(shown).toMatchObject({ mentors: 500, succeeded: 500, progress: 100 });
});

const isFull = (progress: unknown): progress is object => JSON.stringify(progress).includes('"progress":100');

test('a queue is wanted when a job waits in it, or when it is paused', async () => {
  expect(await deps.queue.isWanted('first')).toBe(false);
  await submitted(['a']);
  await waitFor(async () => (await jobCount()) === 1);
  expect(await deps.queue.isWanted('first')).toBe(true);
  expect(await deps.queue.isWanted('rest')).toBe(false);

  const [, slices] = deps.queue.dashboardQueues();
  await slices?.pause();
  expect(await deps.queue.isWanted('rest')).toBe(true);
  await slices?.resume();
  work();
  await waitFor(async () => !(await deps.queue.isWanted('first')));
});

test('a flushed queue loses nothing', async () => {
  const ids = await Promise.all(
    Array.from({ length: 5 }, (_, index) => submitted(mentors(`r${index}`, 120))),
  );
  await waitFor(async () => (await jobCount()) === ids.length);
  for (const queue of deps.queue.dashboardQueues()) await queue.obliterate({ force: true });
  work();
  const sweeper = startSweeper(deps);
  for (const id of ids) expect(await finished(id)).toMatchObject({ success_count: 120 });
  await sweeper.stop();
});

test('workers that stop in the middle leave a state that others finish', async () => {
  work();
  const id = await submitted(mentors('m', 5_000));
  await waitFor(async () => (await details(id)).success_count > 0);
  stopping.abort();
  await stopWorkers();
  expect((await details(id)).status).toBe('processing');

  stopping = new AbortController();
  work();
  expect(await finished(id)).toMatchObject({ status: 'completed', success_count: 5_000 });
});

test('a transient error is tried again until it has passed', async () => {
  await deps.db.prisma.$executeRaw`alter table activities rename to activities_away`;
  work();
  const id = await submitted(mentors('m', 5));
  await waitFor(async () => (await details(id)).transient_error);
  // Not left to its lock, which would run out some time.
  const [entry] = deps.queue.dashboardQueues();
  await waitFor(async () => (await entry?.getDelayedCount()) === 1);
  await deps.db.prisma.$executeRaw`alter table activities_away rename to activities`;
  expect(await finished(id)).toMatchObject({ status: 'completed', success_count: 5, transient_error: null });
});

test('a coordinator with many large registrations delays those of others by one turn, not by many', async () => {
  // With time slices of 1 ms each job writes two batches and makes room for the next.
  const config = { ...deps.config, timeSliceMs: 1, firstConcurrency: 8, restConcurrency: 1 };
  const many = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      submit(deps, { coordinator_id: 'busy', mentor_ids: mentors(`busy-${index}`, 1_000) }),
    ),
  );
  const one = await submit(deps, { coordinator_id: 'quiet', mentor_ids: mentors('quiet', 1_000) });
  workers.push(startWorkers({ ...deps, config }, stopping.signal));
  for (const id of [...many, one]) expect(await finished(id)).toMatchObject({ status: 'completed' });

  const batches = await deps.db.prisma.registrationBatch.findMany({
    where: { batchNo: { gt: 0 } },
    orderBy: { processedAt: 'asc' },
    select: { registrationId: true },
  });
  const order = batches.map(({ registrationId }) => registrationId);
  // Every second turn is its own, so it is done after 2 of 7 parts of the work; in order of arrival it would be 7.
  expect(order.lastIndexOf(parseRegistrationId(one) ?? 0n)).toBeLessThan(order.length / 2);
});
