import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { createRedisClient } from '../redis/redis-client.ts';
import {
  createTestDeps,
  currentJob,
  mentors,
  runChain,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { openWorker } from './backend.ts';
import { sweep } from './sweep.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: inject('queueBackend'), settings: { SWEEP_MS: '50' } });
});
afterEach(() => deps.close());

const submitted = () => submit(deps, { mentor_ids: mentors('m', 3) });

const getJobState = async (id: string) => deps.queue.getJobState(await currentJob(deps, id));

async function allWait(ids: readonly string[]): Promise<boolean> {
  return (await Promise.all(ids.map(getJobState))).every((each) => each === 'waiting');
}

async function loseJobs(): Promise<void> {
  for (const queue of deps.queue.dashboardQueues()) await queue.obliterate({ force: true });
}

/** As if it had been idle for long, and nobody had swept since. */
async function letTimePass(): Promise<void> {
  await deps.db.prisma.$executeRaw`
    update bulk_registrations
    set updated_at = updated_at - interval '1 minute', taken_since = taken_since - interval '1 minute'`;
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
}

/** As a worker would whose clock is ten minutes ahead: meets a transient error and puts the job off, or dies at once. */
async function take({ andPutOff = false } = {}): Promise<void> {
  const worker = openWorker(deps.config, 'first', null, {
    autorun: false,
    lockDuration: deps.config.jobLockMs,
    settings: { backoffStrategy: () => 100 },
  });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
  const taken = await worker.getNextJob('token');
  if (andPutOff) await taken?.moveToFailed(new Error('the database is away'), 'token');
  vi.useRealTimers();
  await worker.close();
}

const sweepOnce = () => sweep(deps, new AbortController().signal);

test('a registration whose job is lost is enqueued again, with a fresh generation', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await loseJobs();
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  const job = await currentJob(deps, id);
  expect(job.generation).toBe(2);
  expect(await deps.queue.getJobState(job)).toBe('waiting');
});

// PostgreSQL has no such list.
const onRedis = inject('queueBackend') === 'redis' ? test : () => {};
onRedis('jobs that are left while their list is lost are enqueued again', async () => {
  const { redisUrl, queuePrefix } = deps.config;
  const ids = await Promise.all(Array.from({ length: 3 }, submitted));
  await waitFor(() => allWait(ids));
  const redis = createRedisClient(redisUrl ?? '', {});
  expect(await redis.del(`{${queuePrefix}}:bulk-registrations:wait`)).toBe(1);
  await redis.quit();
  await letTimePass();
  expect(await sweepOnce()).toBe(3);
});

test('one that has a job is left alone', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  expect((await currentJob(deps, id)).generation).toBe(1);
});

test('one that moved a moment ago is left alone, and a finished one for good', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await loseJobs();
  await deps.db.prisma
    .$executeRaw`update bulk_registrations set updated_at = clock_timestamp() + interval '1 second'`;
  expect(await sweepOnce()).toBe(0);
  await runChain(deps, id);
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
});

test('of many workers one sweeps an interval', async () => {
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
  const ids = await Promise.all(Array.from({ length: 3 }, submitted));
  await waitFor(() => allWait(ids));
  await loseJobs();
  await letTimePass();
  const rung = await Promise.all(Array.from({ length: 5 }, sweepOnce));
  expect(rung.filter((count) => count > 0)).toEqual([3]);
});

test('more than one page of lost jobs is made up for in one sweep', async () => {
  const ids = await Promise.all(Array.from({ length: 205 }, submitted));
  await waitFor(() => allWait(ids));
  await loseJobs();
  await letTimePass();
  expect(await sweepOnce()).toBe(205);
});

test('a long backlog is looked at in parts, and the next sweep goes on where the last one ended', async () => {
  const ids = await Promise.all(Array.from({ length: 805 }, submitted));
  await waitFor(() => allWait(ids));
  const newest = await currentJob(deps, ids.toSorted().at(-1) ?? '');
  await deps.queue.dashboardQueues()[0]?.remove(`bulk-${newest.registrationId}.1.1`);
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  const { afterId } = await deps.db.prisma.sweep.findFirstOrThrow();
  expect(afterId).toBe(0n);
});

test('nobody sweeps while another worker does', async () => {
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = clock_timestamp() + interval '1 second'`;
  await submitted();
  await loseJobs();
  await deps.db.prisma
    .$executeRaw`update bulk_registrations set updated_at = updated_at - interval '1 minute'`;
  expect(await sweepOnce()).toBe(0);
});

test.each([
  ['dies with it', false],
  ['puts it off and dies', true],
])('a job is enqueued again when a worker whose clock is ahead %s', async (_, andPutOff) => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await take({ andPutOff });
  expect(await getJobState(id)).toBe('taken');
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  expect(await getJobState(id)).toBe('waiting');

  await take();
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
});

test('a job that is taken for long is left alone while its registration moves', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await take();
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  await deps.db.prisma.$executeRaw`update bulk_registrations set updated_at = clock_timestamp()`;
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  expect((await currentJob(deps, id)).generation).toBe(1);
});
