import type { CreateRegistrationRequest } from '@bulk/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { classifySqlFailure } from '../database/sql-failure.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { insertRegistration } from '../registrations/insert-registration.ts';
import {
  createTestDeps,
  mentors,
  readDetails,
  registrationRequest,
  runChain,
  submit,
  type TestDeps,
  waitFor,
} from '../testing/index.ts';
import { type BatchTry, insertBatch } from './batch-statement.ts';
import { executeBatchInsert } from './execute-batch-insert.ts';
import type { BatchKey } from './statement-parts.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps();
});
afterAll(() => deps.close());

let day = 0;

interface Submitted extends BatchKey {
  request: CreateRegistrationRequest;
}

/** Stores a registration of its own day, and returns its first batch. */
async function submitted(
  mentorIds: string[],
  { batchSize = 1_000, ...fields }: Partial<CreateRegistrationRequest> & { batchSize?: number } = {},
): Promise<Submitted> {
  day += 1;
  const activity_date = `2026-01-${String(day).padStart(2, '0')}`;
  const request = registrationRequest({ mentor_ids: mentorIds, activity_date, ...fields });
  const stored = await insertRegistration(deps.db.prisma, request, {
    batchSize,
    keyed: null,
    createdBy: 'anonymous',
  });
  return { request, registrationId: stored?.id ?? 0n, attempt: 1, generation: 1, batchNo: 0 };
}

const STRICT: BatchTry = { refused: [], toleratesConflicts: false, writesEvents: false };
const TOLERANT: BatchTry = { refused: [], toleratesConflicts: true, writesEvents: false };
const WAYS: [string, BatchTry][] = [
  ['strict', STRICT],
  ['tolerant', TOLERANT],
];

const write = async (batch: BatchKey, way = STRICT) =>
  (await insertBatch(deps.db.prisma, batch, way))?.after ?? null;
const failureOf = (batch: BatchKey, way = STRICT) => write(batch, way).then(() => null, classifySqlFailure);
const rowOf = ({ registrationId }: BatchKey) =>
  deps.db.prisma.registrationBatch.findFirstOrThrow({ where: { registrationId } });
/** The results of the first attempt, one a mentor. */
const entriesOf = ({ registrationId }: BatchKey) =>
  deps.db.prisma.$queryRaw<Array<{ position: number; activityId: bigint; errorCode: string }>>`
    select position, activity_id as "activityId", error_code as "errorCode"
    from registration_entries
    where registration_id = ${registrationId}
    order by position`;
const codesOf = async (batch: BatchKey) => (await entriesOf(batch)).map(({ errorCode }) => errorCode);
const activitiesOf = ({ registrationId }: BatchKey) =>
  deps.db.prisma.activity.findMany({ where: { bulkRegistrationId: registrationId }, orderBy: { id: 'asc' } });
const countersOf = ({ registrationId }: BatchKey) =>
  deps.db.prisma.bulkRegistration.findUnique({
    where: { id: registrationId },
    select: { successCount: true, failureCount: true },
  });

/** Gives mentors the activity that the batch is about to write. */
const registered = (
  { request }: Submitted,
  mentorIds: string[],
  db: Pick<TestDeps['db']['prisma'], 'activity'> = deps.db.prisma,
) =>
  db.activity.createMany({
    data: mentorIds.map((mentorId) => ({
      mentorId,
      activityType: request.activity_type,
      activityDate: new Date(request.activity_date),
      occurrence: 0,
      durationMinutes: 1,
      coordinatorId: 'other',
      bulkRegistrationId: 0n,
    })),
  });

test('a batch writes its activities, its results and the counters at once', async () => {
  const batch = await submitted(['b', 'a', 'c'], { notes: "it's; -- \\ 'quoted'" });
  expect(await write(batch)).toMatchObject({
    status: 'completed',
    mentorCount: 3,
    successCount: 3,
    failureCount: 0,
  });

  const activities = await activitiesOf(batch);
  expect(activities.map((activity) => activity.mentorId)).toEqual(['b', 'a', 'c']);
  expect(activities[0]).toMatchObject({
    occurrence: 0,
    durationMinutes: 120,
    notes: batch.request.notes,
    coordinatorId: 'coord-42',
  });
  const idOf = (mentorId: string) => activities.find((activity) => activity.mentorId === mentorId)?.id;
  expect(await entriesOf(batch)).toEqual([
    { position: 1, activityId: idOf('b'), errorCode: '' },
    { position: 2, activityId: idOf('a'), errorCode: '' },
    { position: 3, activityId: idOf('c'), errorCode: '' },
  ]);
});

test.each(WAYS)(
  'who has the activity already is a duplicate, and their activity stays: %s',
  async (_, way) => {
    const batch = await submitted(['a', 'b']);
    await registered(batch, ['b']);
    expect(await write(batch, way)).toMatchObject({ status: 'completed', successCount: 1, failureCount: 1 });
    expect(await codesOf(batch)).toEqual(['', 'duplicate']);
    expect(await activitiesOf(batch)).toHaveLength(1);
  },
);

test.each(WAYS)('with override a duplicate gets one more activity: %s', async (_, way) => {
  const batch = await submitted(['a', 'b'], { override_duplicates: true });
  await registered(batch, ['b']);
  expect(await write(batch, way)).toMatchObject({ status: 'completed', successCount: 2, failureCount: 0 });
  const activities = await activitiesOf(batch);
  expect(activities.map(({ mentorId, occurrence }) => [mentorId, occurrence])).toEqual([
    ['a', 0],
    ['b', null],
  ]);
});

test('after a batch without duplicates the next does not look for them, and is tried again if it has one', async () => {
  const first = await submitted(['a', 'b', 'c', 'd', 'e', 'f'], { batchSize: 2 });
  const [second, third] = [1, 2].map((batchNo) => ({ ...first, batchNo })) as [Submitted, Submitted];
  await registered(first, ['c', 'e']);
  await write(first);
  expect(await failureOf(second)).toEqual({ kind: 'duplicate' });
  expect(await executeBatchInsert(deps, second)).toMatchObject({ after: { failureCount: 1 } });
  // Where one was found the following batches look for more.
  expect(await write(third)).toMatchObject({ status: 'completed', successCount: 4, failureCount: 2 });
  expect(await codesOf(first)).toEqual(['', '', 'duplicate', '', 'duplicate', '']);
});

test('duplicates are found among many others, in any order', async () => {
  for (const override_duplicates of [false, true]) {
    const batch = await submitted(['zzz', 'm-999', 'm-0'], { override_duplicates });
    await registered(
      batch,
      Array.from({ length: 2_500 }, (_, index) => `m-${index}`),
    );
    await write(batch);
    const occurrences = (await activitiesOf(batch)).map((each) => [each.mentorId, each.occurrence]);
    expect(Object.fromEntries(occurrences)).toEqual(
      override_duplicates ? { zzz: 0, 'm-999': null, 'm-0': null } : { zzz: 0 },
    );
  }
});

test('without a success the registration has failed', async () => {
  const batch = await submitted(['a']);
  await registered(batch, ['a']);
  expect(await write(batch)).toMatchObject({ status: 'failed', successCount: 0, failureCount: 1 });
});

test.each(WAYS)(
  'a mentor known to be refused fails with that code and gets no activity: %s',
  async (_, way) => {
    const batch = await submitted(['a', 'b', 'c'], { override_duplicates: true });
    const refused = [null, 'rejected'] as const;
    expect(await write(batch, { ...way, refused })).toMatchObject({ successCount: 2, failureCount: 1 });
    expect(await codesOf(batch)).toEqual(['', 'rejected', '']);
  },
);

test('while mentors are left the registration stays in processing', async () => {
  const batch = await submitted(['a', 'b', 'c'], { batchSize: 2 });
  expect(await write({ ...batch, batchNo: 1 })).toMatchObject({ status: 'processing', successCount: 1 });
  expect(await write(batch)).toMatchObject({ status: 'completed', successCount: 3 });
});

test('a second delivery of a batch changes nothing', async () => {
  const batch = await submitted(['a', 'b', 'c'], { batchSize: 2 });
  await write(batch);
  expect(await executeBatchInsert(deps, batch)).toEqual({ kind: 'superseded' });
  expect(await activitiesOf(batch)).toHaveLength(2);
  expect(await countersOf(batch)).toEqual({ successCount: 2, failureCount: 0 });
});

test.each(WAYS)(
  'of two deliveries at the same moment one writes, and the other leaves nothing: %s',
  async (_, way) => {
    const batch = await submitted(['a', 'b', 'c'], { batchSize: 2, override_duplicates: true });
    await registered(batch, ['a', 'b']);
    // The second begins while the first has not committed, and goes on when it has.
    let second: Promise<unknown> | undefined;
    await deps.db.prisma.$transaction(async (tx) => {
      await insertBatch(tx, batch, way);
      second = failureOf(batch, way);
      await untilSomebodyWaits();
    });
    expect(await second).toEqual({ kind: 'superseded' });
    expect(await activitiesOf(batch)).toHaveLength(2);
    expect(await countersOf(batch)).toEqual({ successCount: 2, failureCount: 0 });
  },
);

test('a batch of a cancelled, deleted or retried registration, or of a stale job, leaves nothing', async () => {
  const cancelled = await submitted(['a']);
  await cancelOrDelete(deps, cancelled.registrationId, { only: null, ifMatch: null });
  expect(await write(cancelled)).toBeNull();
  expect(await activitiesOf(cancelled)).toHaveLength(0);

  await cancelOrDelete(deps, cancelled.registrationId, { only: null, ifMatch: null });
  expect(await write(cancelled)).toBeNull();

  const other = await submitted(['a']);
  expect(await write({ ...other, attempt: 2 })).toBeNull();
  expect(await write({ ...other, generation: 2 })).toBeNull();
  expect(await activitiesOf(other)).toHaveLength(0);
});

test('a batch that a cancel overtakes fails as a whole', async () => {
  const batch = await submitted(['a']);
  let written: Promise<unknown> | undefined;
  await deps.db.prisma.$transaction(async (tx) => {
    await tx.bulkRegistration.update({
      where: { id: batch.registrationId },
      data: { status: 'cancelled', completedAt: new Date() },
    });
    written = failureOf(batch);
    await untilSomebodyWaits();
  });
  expect(await written).toEqual({ kind: 'superseded' });
  expect(await activitiesOf(batch)).toHaveLength(0);
});

test('ids are kept byte for byte, whatever is in them', async () => {
  const mentorIds = ['"', '\\', '\\"', '{a,b}', 'null', 'NULL', "'", ',', ' spaced ', 'ü', '🌍', '$1', '%s'];
  for (const [, way] of WAYS) {
    const batch = await submitted(mentorIds);
    await write(batch, way);
    const activities = await activitiesOf(batch);
    expect(activities.map(({ mentorId }) => mentorId).toSorted()).toEqual(mentorIds.toSorted());
    expect((await rowOf(batch)).mentorIds).toEqual(mentorIds);
  }
});

test('a duplicate that is known is left out, and one that comes in between fails the batch', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  await registered(batch, ['b']);
  // Uncommitted while the statement begins: it is no known one, and is waited for.
  let written: Promise<unknown> | undefined;
  await deps.db.prisma.$transaction(async (tx) => {
    await registered(batch, ['c'], tx);
    written = failureOf(batch);
    await untilSomebodyWaits();
  });
  expect(await written).toEqual({ kind: 'duplicate' });
  expect(await executeBatchInsert(deps, batch)).toMatchObject({
    after: { successCount: 1, failureCount: 2 },
    results: { success: 1, failed: { duplicate: 2 } },
  });
});

test('the results of a batch are counted by error code', async () => {
  await deps.db.prisma.$executeRaw`
    alter table activities add constraint no_bad check (mentor_id not like 'bad%')`;
  const batch = await submitted(['bad-1', 'a', 'bad-2', 'b', 'c']);
  await registered(batch, ['b']);
  expect(await executeBatchInsert(deps, batch)).toMatchObject({
    results: { success: 2, failed: { duplicate: 1, constraint_violated: 2 } },
  });
  await deps.db.prisma.$executeRaw`alter table activities drop constraint no_bad`;
});

async function untilSomebodyWaits(): Promise<void> {
  await waitFor(async () => {
    const [waiting] = await deps.db.prisma.$queryRaw<[{ count: bigint }]>`
      select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    return waiting.count > 0n;
  });
}

test('results are one value when the others follow from it', async () => {
  const alike = await submitted(['a', 'b', 'c']);
  await write(alike);
  expect(await rowOf(alike)).toMatchObject({ errorCodes: [''] });
  expect((await rowOf(alike)).activityIds).toHaveLength(1);

  const duplicates = await submitted(['a', 'b', 'c']);
  await registered(duplicates, ['a', 'b', 'c']);
  await write(duplicates);
  expect(await rowOf(duplicates)).toMatchObject({ activityIds: [0n], errorCodes: ['duplicate'] });
});

test('ids that others took in between are kept one by one', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  // Every second id goes to somebody else, as when another batch is written at the same time.
  await deps.db.prisma.$executeRaw`alter sequence activities_id_seq increment by 2`;
  await write(batch);
  await deps.db.prisma.$executeRaw`alter sequence activities_id_seq increment by 1`;
  const ids = (await activitiesOf(batch)).map(({ id }) => id);
  expect((await rowOf(batch)).activityIds).toEqual(ids);
  expect((await entriesOf(batch)).map(({ activityId }) => activityId)).toEqual(ids);
});

test('a sequence that is behind its table fails nobody: it is a transient error until it is mended', async () => {
  await runChain(deps, await submit(deps, { mentor_ids: mentors('before', 5) }));
  await deps.db.prisma.$executeRaw`select setval('activities_id_seq', 1, false)`;
  const id = await submit(deps, { mentor_ids: mentors('after', 3) });
  await expect(runChain(deps, id)).rejects.toMatchObject({ code: 'internal' });
  expect(await readDetails(deps, id)).toMatchObject({ status: 'processing', failure_count: 0 });

  await deps.db.prisma.$executeRaw`select setval('activities_id_seq', (select max(id) from activities))`;
  await runChain(deps, id);
  expect(await readDetails(deps, id)).toMatchObject({ status: 'completed', success_count: 3 });
});
