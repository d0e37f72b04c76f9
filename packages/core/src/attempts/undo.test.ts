import { afterEach, beforeEach, expect, test } from 'vitest';
import { ANONYMOUS } from '../access/caller.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { parseRegistrationId } from '../registrations/ids.ts';
import {
  createTestDeps,
  currentJob,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  runNextBatch,
  runOnce,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { retryFailed } from './retry-failed.ts';
import { undoRegistration } from './undo.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { BATCH_SIZE: '3' } });
});
afterEach(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

const idOf = (id: string) => parseRegistrationId(id) ?? 0n;
const details = (id: string) => readDetails(deps, id);
const statuses = async (id: string) => (await details(id)).results.map(({ status }) => status);
const undo = (id: string, options = {}) => undoRegistration(deps, idOf(id), options);
const refusalOf = (id: string) =>
  undo(id).then(
    () => null,
    ({ code }: { code: string }) => code,
  );
const cancel = (id: string) => cancelOrDelete(deps, idOf(id), { only: 'cancel', ifMatch: null });
const activities = (id: string) => deps.db.prisma.activity.count({ where: { bulkRegistrationId: idOf(id) } });

async function registered(mentor_ids: string[], fields = {}): Promise<string> {
  const id = await submit(deps, { mentor_ids, ...fields });
  await runChain(deps, id);
  return id;
}

test('an undo deletes what the registration wrote and nothing else, and its mentors can be registered anew', async () => {
  const other = await registered(['m-2', 'stranger']);
  const id = await registered(mentors('m', 8));
  expect(await undo(id)).toMatchObject({ answer: { id, status: 'processing' }, replayed: false });
  expect(await details(id)).toMatchObject({
    status: 'processing',
    success_count: 0,
    failure_count: 1,
    completed_at: null,
    progress: { processed: 1, pending: 7, started_at: null },
  });
  await runNextBatch(deps, id);
  expect(await statuses(id)).toEqual([
    'undone',
    'failed',
    'undone',
    'undone',
    'pending',
    'pending',
    'pending',
    'pending',
  ]);
  await runChain(deps, id);

  expect(await details(id)).toMatchObject({
    status: 'undone',
    success_count: 0,
    failure_count: 1,
    undone_count: 7,
    kept_count: 0,
    retry_count: 0,
    progress: { processed: 8, pending: 0, percent: 100 },
    history: [{ action: 'accepted' }, { action: 'undone', by: ANONYMOUS.name, mentor_count: 7 }],
  });
  expect([await activities(id), await activities(other)]).toEqual([0, 2]);
  const again = await registered(mentors('m', 8));
  expect(await details(again)).toMatchObject({ success_count: 7, failure_count: 1 });
});

test('what was written by retries and by override goes too', async () => {
  await registered(['m-1', 'm-2']);
  const id = await registered(mentors('m', 5));
  await retryFailed(deps, idOf(id), {
    action: 'retry_failed',
    override_duplicates: true,
    mentor_ids: ['m-2'],
  });
  await runChain(deps, id);
  expect(await activities(id)).toBe(4);
  await undo(id);
  await runChain(deps, id);
  expect(await statuses(id)).toEqual(['failed', 'undone', 'undone', 'undone', 'undone']);
  expect(await activities(id)).toBe(0);
  expect(await details(id)).toMatchObject({ retry_count: 1, undone_count: 4 });
});

test.each([
  { mentorId: 'x' },
  { activityType: 'visit' },
  { activityDate: new Date('2020-01-01') },
  { occurrence: 2 },
  { durationMinutes: 5 },
  { notes: 'seen' },
  { coordinatorId: 'other' },
  { bulkRegistrationId: 99n },
])('an activity that was changed is kept: %o', async (data) => {
  const id = await registered(mentors('m', 4));
  await deps.db.prisma.activity.update({ where: { id: 2n }, data });
  await undo(id);
  await runChain(deps, id);
  expect((await details(id)).results[1]).toMatchObject({
    activity_id: 'pa-002',
    status: 'kept',
    error: { code: 'activity_changed' },
  });
  expect(await details(id)).toMatchObject({ status: 'undone', undone_count: 3, kept_count: 1 });
  expect(await deps.db.prisma.activity.findMany({ select: { id: true } })).toEqual([{ id: 2n }]);
});

test('an activity that is gone is told apart, and one that the database protects is kept', async () => {
  await deps.db.prisma.$executeRaw`create table certificates (activity_id bigint references activities (id))`;
  const id = await registered(mentors('m', 7));
  await deps.db.prisma.$executeRaw`insert into certificates values (2), (6)`;
  await deps.db.prisma.activity.delete({ where: { id: 3n } });
  await undo(id);
  await runChain(deps, id);
  const { results } = await details(id);
  expect(results.map(({ status, error }) => error?.code ?? status)).toEqual([
    'undone',
    'delete_refused',
    'activity_gone',
    'undone',
    'undone',
    'delete_refused',
    'undone',
  ]);
  expect(results.map(({ activity_id }) => activity_id)).toEqual([
    null,
    'pa-002',
    null,
    null,
    null,
    'pa-006',
    null,
  ]);
});

test('a cancel keeps what is undone, makes the rest successes again, and another undo goes on', async () => {
  const id = await registered(mentors('m', 8));
  await undo(id);
  await runNextBatch(deps, id);
  await cancel(id);
  expect(await details(id)).toMatchObject({ status: 'cancelled', success_count: 5, undone_count: 3 });
  expect(await statuses(id)).toEqual([...Array(3).fill('undone'), ...Array(5).fill('success')]);
  expect(await findInconsistencies(deps)).toEqual([]);

  await undo(id);
  await runNextBatch(deps, id);
  expect(await statuses(id)).toEqual([...Array(6).fill('undone'), ...Array(2).fill('pending')]);
  await runChain(deps, id);
  expect(await details(id)).toMatchObject({ status: 'undone', undone_count: 8, retry_count: 0 });
  expect(await activities(id)).toBe(0);
});

test('what a cancelled registration had written is undone, and its other mentors stay cancelled', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 8) });
  await runNextBatch(deps, id);
  await cancel(id);
  await undo(id);
  expect(await statuses(id)).toEqual([...Array(3).fill('pending'), ...Array(5).fill('cancelled')]);
  await runChain(deps, id);
  expect(await statuses(id)).toEqual([...Array(3).fill('undone'), ...Array(5).fill('cancelled')]);
  expect(await details(id)).toMatchObject({ status: 'undone', progress: { processed: 3, pending: 5 } });
});

test('mentors of a retry that was cancelled stay cancelled through undos', async () => {
  await registered(mentors('m', 5));
  const id = await registered([...mentors('m', 5), 'own-1', 'own-2']);
  await retryFailed(deps, idOf(id), { action: 'retry_failed', override_duplicates: true });
  await runNextBatch(deps, id);
  await cancel(id);
  const before = ['success', 'success', 'success', 'cancelled', 'cancelled', 'success', 'success'];
  expect(await statuses(id)).toEqual(before);
  await undo(id);
  await cancel(id);
  expect(await statuses(id)).toEqual(before);
  await undo(id);
  await runChain(deps, id);
  expect(await statuses(id)).toEqual(before.map((status) => (status === 'success' ? 'undone' : status)));
  expect(await activities(id)).toBe(0);
});

test('what cannot be undone is refused, and nothing can be retried after an undo', async () => {
  expect(await refusalOf('bulk-999')).toBe('registration_not_found');
  const id = await submit(deps, { mentor_ids: mentors('m', 2) });
  expect(await refusalOf(id)).toBe('still_processing');
  await runChain(deps, id);
  const failed = await registered(mentors('m', 2));
  expect(await refusalOf(failed)).toBe('nothing_succeeded');

  const mixed = await registered(['m-1', 'own']);
  await undo(mixed);
  expect(await refusalOf(mixed)).toBe('still_processing');
  await runChain(deps, mixed);
  expect(await refusalOf(mixed)).toBe('was_undone');
  await expect(retryFailed(deps, idOf(mixed), { action: 'retry_failed' })).rejects.toMatchObject({
    code: 'was_undone',
  });
  expect(await cancelOrDelete(deps, idOf(mixed), { only: null, ifMatch: null })).toBe('deleted');
});

test('an undo with a key is started once, and with If-Match only from the state that was seen', async () => {
  const id = await registered(mentors('m', 4));
  await expect(undo(id, { ifMatch: '"6.1.3.0.0.0.completed.all"' })).rejects.toMatchObject({
    code: 'changed_meanwhile',
  });
  const first = await undo(id, { idempotencyKey: 'k', ifMatch: '"6.1.4.0.0.0.completed.none"' });
  await runChain(deps, id);
  expect(await undo(id, { idempotencyKey: 'k' })).toEqual({ answer: first.answer, replayed: true });
  expect((await currentJob(deps, id)).attempt).toBe(2);
});

test('the database refuses results of a retry in a batch of an undo, as a worker of an earlier version would write', async () => {
  const id = await registered(mentors('m', 3));
  await undo(id);
  const write = deps.db.prisma.$executeRaw`
    update registration_batches
    set activity_ids = array[0], error_codes = array['duplicate'], processed_at = now()
    where registration_id = ${idOf(id)} and attempt = 2`;
  await expect(write).rejects.toThrow(/undo_has_results_of_an_undo/);
});

test('stale jobs, second deliveries and batches of the registration change nothing', async () => {
  const id = await registered(mentors('m', 7));
  const stale = await currentJob(deps, id);
  await undo(id);
  const job = await currentJob(deps, id);
  expect(await runOnce(deps, stale)).toEqual({ kind: 'stale' });
  expect(await activities(id)).toBe(7);
  const outcomes = await Promise.all([runOnce(deps, job), runOnce(deps, job), runOnce(deps, job)]);
  expect(outcomes.filter(({ kind }) => kind === 'handed_over')).toHaveLength(1);
  expect(await activities(id)).toBe(4);
  await cancel(id);
  expect(await runOnce(deps, await currentJob(deps, id), 'rest')).toEqual({ kind: 'stale' });
  expect(await activities(id)).toBe(4);
});
