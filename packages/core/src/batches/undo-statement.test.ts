import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { undoRegistration } from '../attempts/undo.ts';
import type { Executor } from '../database/executor.ts';
import { classifySqlFailure } from '../database/sql-failure.ts';
import { batchKeyOf } from '../jobs/job.ts';
import {
  createTestDeps,
  currentJob,
  emptyTables,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { executeBatchUndo } from './execute-batch-undo.ts';
import type { BatchKey } from './statement-parts.ts';
import { undoBatch } from './undo-statement.ts';

let deps: TestDeps;
let batch: BatchKey;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
});
beforeEach(async () => {
  await emptyTables(deps);
  const id = await submit(deps, { mentor_ids: mentors('m', 3) });
  await runChain(deps, id);
  await undoRegistration(deps, 1n);
  batch = batchKeyOf(await currentJob(deps, id), 0);
});
afterEach(async () => expect(await findInconsistencies(deps)).toEqual([]));
afterAll(() => deps.close());

const undo = (key: BatchKey) => undoBatch(deps.db.prisma, key, { refused: [], writesEvents: false });
const activityIds = async () =>
  (await deps.db.prisma.activity.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => Number(id));
const outcomes = async () =>
  (await readDetails(deps, 'bulk-001')).results.map(({ status, error }) => error?.code ?? status);

/** Starts the batch while another transaction holds what it needs, and lets that one commit once the batch waits. */
async function whileItWaits<T>(
  change: (tx: Executor) => Promise<unknown>,
  run: () => Promise<T>,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<T> {
  let running: Promise<T> | null = null;
  await deps.db.prisma.$transaction(async (tx) => {
    await change(tx);
    running = run();
    await waitFor(async () => {
      const rows = await deps.db.prisma.$queryRaw<unknown[]>`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return rows.length === 1;
    });
    await meanwhile();
  });
  return running as unknown as Promise<T>;
}

test('a run that waits for another run of its batch holds no activity', async () => {
  const ids = () => deps.db.prisma.$queryRaw<unknown[]>`select id from activities for update nowait`;
  const holdBatch = (tx: Executor) =>
    tx.$executeRaw`update registration_batches set processed_at = null where attempt = 2`;
  const whileHeld = async () => expect(await ids()).toHaveLength(3);
  expect(await whileItWaits(holdBatch, () => undo(batch), whileHeld)).toMatchObject({ undoneCount: 3 });
});

test('a batch is undone once: the second run finds it written and changes nothing', async () => {
  expect(await undo(batch)).toMatchObject({
    status: 'undone',
    successCount: 0,
    undoneCount: 3,
    keptCount: 0,
  });
  expect(await undo(batch)).toBeNull();
  expect(await activityIds()).toEqual([]);
});

test.each([
  ['attempt', { attempt: 1 }],
  ['generation', { generation: 1 }],
  ['batch', { batchNo: 1 }],
])('a stale %s changes nothing', async (_, stale) => {
  expect(await undo({ ...batch, ...stale })).toBeNull();
  expect(await activityIds()).toEqual([1, 2, 3]);
});

test('a batch that a cancel overtakes fails at the fence, and leaves nothing behind', async () => {
  const cancel = (tx: Executor) => tx.$executeRaw`
    update bulk_registrations
    set status = 'cancelled', success_count = undo_pending, undo_pending = 0, completed_at = now()`;
  const outcome = await whileItWaits(cancel, () => undo(batch).then(() => null, classifySqlFailure));
  expect(outcome).toEqual({ kind: 'superseded' });
  expect(await activityIds()).toEqual([1, 2, 3]);
  expect(await outcomes()).toEqual(['success', 'success', 'success']);
});

test('an activity that is changed or deleted while the batch waits for it is seen as it then is', async () => {
  const change = async (tx: Executor) => {
    await tx.activity.update({ where: { id: 2n }, data: { notes: 'seen' } });
    await tx.activity.delete({ where: { id: 3n } });
  };
  await whileItWaits(change, () => executeBatchUndo(deps, batch));
  expect(await outcomes()).toEqual(['undone', 'activity_changed', 'activity_gone']);
  expect(await activityIds()).toEqual([2]);
});
