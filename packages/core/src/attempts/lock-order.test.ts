import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createTestDeps,
  emptyTables,
  findInconsistencies,
  mentors,
  runChain,
  runNextBatch,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { undoRegistration } from './undo.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '2' } });
});
beforeEach(() => emptyTables(deps));
afterEach(async () => expect(await findInconsistencies(deps)).toEqual([]));
afterAll(() => deps.close());

/** Resolves when one session waits for a lock, and the registration has this status. */
async function untilOneWaits(status: string): Promise<void> {
  await waitFor(async () => {
    const rows = await deps.db.prisma.$queryRaw<unknown[]>`
      select
      from pg_stat_activity
      cross join bulk_registrations
      where datname = current_database()
        and wait_event_type = 'Lock'
        and status::text = ${status}`;
    return rows.length === 1;
  });
}

test('an undo that comes at the moment of a cancel does not deadlock with a batch that was running', async () => {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('m', 4) }));
  await undoRegistration(deps, 1n);
  await runNextBatch(deps, 'bulk-001');
  const { prisma } = deps.db;
  let undo: Promise<unknown> | undefined;
  await prisma.$transaction(async (batch) => {
    // As the statement of a batch does: its own row first, and the registration last.
    await batch.$executeRaw`
      update registration_batches set processed_at = null where attempt = 2 and batch_no = 1`;
    await prisma.$transaction(async (cancel) => {
      await cancel.$executeRaw`
        update bulk_registrations
        set status = 'cancelled', success_count = undo_pending, undo_pending = 0, completed_at = now()`;
      // It saw no cancelled registration when it looked for batches to lock, and waits for the row.
      undo = undoRegistration(deps, 1n, { ifMatch: '*' });
      await untilOneWaits('processing');
    });
    await untilOneWaits('cancelled');
    await batch.$queryRaw`select from bulk_registrations for update`;
  });
  expect(await undo).toMatchObject({ replayed: false });
  await runChain(deps, 'bulk-001');
  expect(await prisma.activity.count()).toBe(0);
});
