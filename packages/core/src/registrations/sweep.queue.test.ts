import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { openWorker } from '../queue/backend.ts';
import {
  createTestDeps,
  currentMessage,
  mentors,
  runChain,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { sweep } from './sweep.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: inject('queueBackend'), settings: { SWEEP_MS: '50' } });
});
afterEach(() => deps.close());

const submitted = () => submit(deps, { mentor_ids: mentors('m', 3) });

const locate = async (id: string) => deps.queue.locate(await currentMessage(deps, id));

async function allWait(ids: readonly string[]): Promise<boolean> {
  return (await Promise.all(ids.map(locate))).every((each) => each === 'waiting');
}

async function loseMessages(): Promise<void> {
  for (const queue of deps.queue.dashboardQueues()) await queue.obliterate({ force: true });
}

/** As if it had been idle for long, and nobody had swept since. */
async function letTimePass(): Promise<void> {
  await deps.db.prisma.$executeRaw`
    update bulk_registrations
    set updated_at = updated_at - interval '1 minute', taken_since = taken_since - interval '1 minute'`;
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
}

/** As a worker would whose clock is ten minutes ahead: runs into a fault and puts it off, or dies at once. */
async function take({ andPutOff = false } = {}): Promise<void> {
  const worker = openWorker(deps.config, 'entry', null, {
    autorun: false,
    lockDuration: deps.config.messageLockMs,
    settings: { backoffStrategy: () => 100 },
  });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 600_000 });
  const taken = await worker.getNextJob('token');
  if (andPutOff) await taken?.moveToFailed(new Error('the database is away'), 'token');
  vi.useRealTimers();
  await worker.close();
}

const sweepOnce = () => sweep(deps, new AbortController().signal);

test('a registration whose message is lost is rung again, with a fresh ring', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await loseMessages();
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  const message = await currentMessage(deps, id);
  expect(message.ring).toBe(2);
  expect(await deps.queue.locate(message)).toBe('waiting');
});

test('one that has a message is left alone', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  expect((await currentMessage(deps, id)).ring).toBe(1);
});

test('one that moved a moment ago is left alone, and a finished one for good', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await loseMessages();
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
  await loseMessages();
  await letTimePass();
  const rung = await Promise.all(Array.from({ length: 5 }, sweepOnce));
  expect(rung.filter((count) => count > 0)).toEqual([3]);
});

test('more than one page of lost messages is made up for in one sweep', async () => {
  const ids = await Promise.all(Array.from({ length: 205 }, submitted));
  await waitFor(() => allWait(ids));
  await loseMessages();
  await letTimePass();
  expect(await sweepOnce()).toBe(205);
});

test.each([
  ['dies with it', false],
  ['puts it off and dies', true],
])('a message is rung again when a worker whose clock is ahead %s', async (_, andPutOff) => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await take({ andPutOff });
  expect(await locate(id)).toBe('taken');
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  expect(await locate(id)).toBe('waiting');

  await take();
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
});

test('a message that is taken for long is left alone while its registration moves', async () => {
  const id = await submitted();
  await waitFor(() => allWait([id]));
  await take();
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  await deps.db.prisma.$executeRaw`update bulk_registrations set updated_at = clock_timestamp()`;
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  expect((await currentMessage(deps, id)).ring).toBe(1);
});
