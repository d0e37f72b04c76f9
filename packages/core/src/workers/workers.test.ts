import type { WaitingReason } from '@bulk/contract';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { sweep } from '../jobs/sweep.ts';
import { createTestDeps, type TestDeps, waitFor } from '../testing/index.ts';
import { countWorkers, createHeartbeat } from './heartbeat.ts';
import { listWorkers } from './list-workers.ts';
import { createWaitingReasonReader } from './waiting-reason.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps();
});
afterEach(() => deps.close());

const prisma = () => deps.db.prisma;

/** What a new reader finds when it has looked. */
async function waitingReason(expected: WaitingReason['code'] | undefined): Promise<WaitingReason | null> {
  let found: WaitingReason | null = null;
  await waitFor(() => {
    const read = createWaitingReasonReader(deps);
    read();
    return waitFor(
      () => {
        found = read();
        return found?.code === expected;
      },
      { timeoutMs: 1_000 },
    );
  });
  return found;
}

test('a worker is one row, however often it says that it lives', async () => {
  const beat = createHeartbeat(prisma());
  await beat();
  await prisma().$executeRaw`update workers set seen_at = seen_at - interval '1 hour'`;
  expect(await countWorkers(prisma())).toMatchObject({ alive: 0 });
  await beat();
  expect((await listWorkers(deps)).data).toEqual([
    {
      id: expect.any(String),
      host_name: expect.any(String),
      pid: process.pid,
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      started_at: expect.any(String),
      seen_at: expect.any(String),
      is_alive: true,
    },
  ]);
});

test('the sweeper forgets workers that were not seen for a day', async () => {
  await createHeartbeat(prisma())();
  await createHeartbeat(prisma())();
  await prisma().$executeRaw`
    update workers
    set seen_at = seen_at - interval '25 hours'
    where id = (select id from workers limit 1)`;
  await sweep(deps, new AbortController().signal);
  expect((await listWorkers(deps)).data).toHaveLength(1);
});

test('nothing is worked on without workers, or while a queue is paused', async () => {
  expect(await waitingReason('no_worker')).toMatchObject({ since: null });
  await createHeartbeat(prisma())();
  await prisma().$executeRaw`update workers set seen_at = '2026-03-28T08:00:00Z'`;
  expect(await waitingReason('no_worker')).toMatchObject({ since: '2026-03-28T08:00:00.000Z' });

  await createHeartbeat(prisma())();
  const [, rest] = deps.queue.dashboardQueues();
  await rest?.pause();
  expect(await waitingReason('queue_paused')).toMatchObject({ message: expect.stringContaining('paused') });
  await rest?.resume();
  expect(await waitingReason(undefined)).toBeNull();
});
