import { afterEach, beforeEach, expect, test } from 'vitest';
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
  deps = await createTestDeps({ settings: { SWEEP_MS: '50' } });
});
afterEach(() => deps.close());

const submitted = () => submit(deps, { mentor_ids: mentors('m', 3) });

async function allAlive(ids: readonly string[]): Promise<boolean> {
  const messages = await Promise.all(ids.map((id) => currentMessage(deps, id)));
  return (await Promise.all(messages.map((message) => deps.queue.isAlive(message)))).every(Boolean);
}

async function loseMessages(): Promise<void> {
  for (const queue of deps.queue.dashboardQueues()) await queue.obliterate({ force: true });
}

/** As if it had been idle for long, and nobody had swept since. */
async function letTimePass(): Promise<void> {
  await deps.db.prisma
    .$executeRaw`update bulk_registrations set updated_at = updated_at - interval '1 minute'`;
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
}

const sweepOnce = () => sweep(deps, new AbortController().signal);

test('a registration whose message is lost is rung again, with a fresh ring', async () => {
  const id = await submitted();
  await waitFor(() => allAlive([id]));
  await loseMessages();
  await letTimePass();
  expect(await sweepOnce()).toBe(1);
  const message = await currentMessage(deps, id);
  expect(message.ring).toBe(2);
  expect(await deps.queue.isAlive(message)).toBe(true);
});

test('one that has a message is left alone', async () => {
  const id = await submitted();
  await waitFor(() => allAlive([id]));
  await letTimePass();
  expect(await sweepOnce()).toBe(0);
  expect((await currentMessage(deps, id)).ring).toBe(1);
});

test('one that moved a moment ago is left alone, and a finished one for good', async () => {
  const id = await submitted();
  await waitFor(() => allAlive([id]));
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
  await waitFor(() => allAlive(ids));
  await loseMessages();
  await letTimePass();
  const rung = await Promise.all(Array.from({ length: 5 }, sweepOnce));
  expect(rung.filter((count) => count > 0)).toEqual([3]);
});

test('more than one page of lost messages is made up for in one sweep', async () => {
  const ids = await Promise.all(Array.from({ length: 205 }, submitted));
  await waitFor(() => allAlive(ids));
  await loseMessages();
  await letTimePass();
  expect(await sweepOnce()).toBe(205);
});
