import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ANONYMOUS } from '../access/caller.ts';
import { retryFailed } from '../attempts/retry-failed.ts';
import { sweep } from '../jobs/sweep.ts';
import {
  createTestDeps,
  emptyTables,
  findInconsistencies,
  mentors,
  runChain,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { cancelOrDelete } from './cancel-or-delete.ts';
import { parseRegistrationId } from './ids.ts';
import { deleteExpiredRegistrations } from './retention.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { RETENTION_DAYS: '30', BATCH_SIZE: '2' } });
});
beforeEach(() => emptyTables(deps));
afterAll(() => deps.close());

const PIECE = { registrations: 10, mentors: 100 };

async function ended(fields: Parameters<typeof submit>[1] = {}): Promise<string> {
  const id = await submit(deps, fields);
  await runChain(deps, id);
  return id;
}

/** As if everything so far had happened that many days ago. */
async function letDaysPass(days: number): Promise<void> {
  await deps.db.prisma.$executeRaw`
    update bulk_registrations set completed_at = completed_at - ${days}::integer * interval '1 day'`;
  await deps.db.prisma.$executeRaw`
    update registration_history set at = at - ${days}::integer * interval '1 day'`;
}

async function sweepOnce(config: Partial<TestDeps['config']> = {}): Promise<void> {
  await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
  await sweep({ ...deps, config: { ...deps.config, ...config } }, new AbortController().signal);
}

async function left() {
  const [registrations, batches, history, activities] = await Promise.all([
    deps.db.prisma.bulkRegistration.findMany({ select: { id: true }, orderBy: { id: 'asc' } }),
    deps.db.prisma.registrationBatch.count(),
    deps.db.prisma.registrationHistory.count(),
    deps.db.prisma.activity.count(),
  ]);
  return { ids: registrations.map(({ id }) => id), batches, history, activities };
}

test('what ended longer ago than the retention goes with its results and history, and the activities stay', async () => {
  const id = await ended();
  await ended(); // all of them duplicates
  await retryFailed(deps, 2n, { action: 'retry_failed' });
  await runChain(deps, 'bulk-002');
  await letDaysPass(31);
  const young = await ended({ mentor_ids: mentors('young', 3) });
  const running = await submit(deps, { mentor_ids: mentors('running', 3) });

  await sweepOnce();
  expect(id).toBe('bulk-001');
  expect(await left()).toEqual({
    ids: [parseRegistrationId(young), parseRegistrationId(running)],
    batches: 4,
    history: 0,
    activities: 7,
  });
  expect(await findInconsistencies(deps)).toEqual([]);
});

test('what ended later stays, and so does all without a retention', async () => {
  await ended();
  await letDaysPass(29);
  await sweepOnce();
  await letDaysPass(300);
  await sweepOnce({ retentionDays: null });
  expect((await left()).ids).toEqual([1n]);
});

test('the record of a deletion goes when it is as old', async () => {
  await ended();
  await cancelOrDelete({ ...deps, caller: ANONYMOUS }, 1n, { only: null, ifMatch: null });
  await letDaysPass(29);
  await sweepOnce();
  expect((await left()).history).toBe(1);
  await letDaysPass(2);
  await sweepOnce();
  expect((await left()).history).toBe(0);
});

test('a piece holds whole registrations, the oldest first, and at least one', async () => {
  for (const day of [3, 2, 1]) {
    await ended({ mentor_ids: mentors(`day-${day}`, 4) });
    await letDaysPass(day);
  }
  const remove = (piece: Partial<typeof PIECE>) =>
    deleteExpiredRegistrations(deps.db.prisma, 1, { ...PIECE, ...piece });
  expect(await remove({ mentors: 1 })).toBe(1);
  expect((await left()).ids).toEqual([2n, 3n]);
  expect(await remove({ registrations: 1 })).toBe(1);
  expect((await left()).ids).toEqual([3n]);
  expect(await remove({})).toBe(1);
  expect(await remove({})).toBe(0);
});

test('one that is being retried at the moment is left alone', async () => {
  await ended();
  await letDaysPass(31);
  await deps.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select from bulk_registrations where id = 1 for update`;
    expect(await deleteExpiredRegistrations(deps.db.prisma, 30, PIECE)).toBe(0);
  });
  expect(await deleteExpiredRegistrations(deps.db.prisma, 30, PIECE)).toBe(1);
});

test('one whose batches an undo or a deletion has locked is left to it, without waiting', async () => {
  await submit(deps, { mentor_ids: mentors('m', 4) });
  await cancelOrDelete(deps, 1n, { only: 'cancel', ifMatch: null });
  await letDaysPass(31);
  await deps.db.prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select from registration_batches order by batch_no for update`;
    expect(await deleteExpiredRegistrations(deps.db.prisma, 30, PIECE)).toBe(0);
  });
  expect(await deleteExpiredRegistrations(deps.db.prisma, 30, PIECE)).toBe(1);
});
