import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import { parseRegistrationId } from '../domain/ids.ts';
import { cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { submitRegistration } from '../registrations/submit.ts';
import { createTestDeps, registrationRequest, type TestDeps, waitFor } from '../testing/index.ts';
import { insertBatch, insertOnlyBatch } from './batches.ts';
import type { DuplicateCheck } from './known-duplicates.ts';
import { classifySqlFailure } from './sql-failure.ts';

let deps: TestDeps;
beforeAll(async () => {
  deps = await createTestDeps();
});
afterAll(() => deps.close());

let day = 0;

/** A stored registration of its own day, and its only batch. */
async function submitted(mentorIds: string[], fields: Partial<BatchPayload> = {}): Promise<BatchPayload> {
  day += 1;
  const activityDate = `2026-01-${String(day).padStart(2, '0')}`;
  const request = registrationRequest({ mentor_ids: mentorIds, activity_date: activityDate });
  const { answer } = await submitRegistration(deps, request);
  return {
    registrationId: parseRegistrationId(answer.id) ?? 0n,
    attempt: 1,
    batchNo: 0,
    activityType: request.activity_type,
    activityDate,
    durationMinutes: 120,
    notes: null,
    coordinatorId: request.coordinator_id,
    overrideDuplicates: false,
    mentors: mentorIds.map((mentorId, index) => ({ position: index + 1, mentorId, refusedWith: null })),
    ...fields,
  };
}

const ALL_CHECKS: DuplicateCheck[] = ['list', 'look_up', 'skip'];

const write = (batch: BatchPayload, check: DuplicateCheck = 'skip') =>
  insertBatch(deps.db.prisma, batch, check);
const messageOf = ({ registrationId, attempt }: BatchPayload) => ({
  registrationId: registrationId.toString(),
  attempt,
  ring: 1,
});
const writeOnly = (message: ReturnType<typeof messageOf>) => insertOnlyBatch(deps.db.prisma, message);
const failureOf = (batch: BatchPayload, check: DuplicateCheck = 'skip') =>
  write(batch, check).then(() => null, classifySqlFailure);
const ledgerOf = ({ registrationId }: BatchPayload) =>
  deps.db.prisma.registrationBatch.findFirstOrThrow({ where: { registrationId } });
/** The ledger row, spelled out. */
const entriesOf = ({ registrationId }: BatchPayload) =>
  deps.db.prisma.$queryRaw<Array<{ position: number; activityId: bigint; errorCode: string }>>`
    select position, activity_id as "activityId", error_code as "errorCode"
    from registration_entries
    where registration_id = ${registrationId}
    order by position`;
const activitiesOf = ({ registrationId }: BatchPayload) =>
  deps.db.prisma.activity.findMany({ where: { bulkRegistrationId: registrationId }, orderBy: { id: 'asc' } });

/** Gives mentors the activity that the batch is about to write. */
const registered = (
  batch: BatchPayload,
  mentorIds: string[],
  db: Pick<TestDeps['db']['prisma'], 'activity'> = deps.db.prisma,
) =>
  db.activity.createMany({
    data: mentorIds.map((mentorId) => ({
      mentorId,
      activityType: batch.activityType,
      activityDate: new Date(batch.activityDate),
      occurrence: 0,
      durationMinutes: 1,
      coordinatorId: 'other',
      bulkRegistrationId: 0n,
    })),
  });

test('a batch writes its activities, its ledger row and the counters at once', async () => {
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
    notes: batch.notes,
    coordinatorId: 'coord-42',
  });
  const idOf = (mentorId: string) => activities.find((activity) => activity.mentorId === mentorId)?.id;
  expect(await entriesOf(batch)).toEqual([
    { position: 1, activityId: idOf('b'), errorCode: '' },
    { position: 2, activityId: idOf('a'), errorCode: '' },
    { position: 3, activityId: idOf('c'), errorCode: '' },
  ]);
});

test.each(ALL_CHECKS)(
  'who has the activity already is a duplicate, and their activity stays: %s',
  async (way) => {
    const batch = await submitted(['a', 'b']);
    await registered(batch, ['b']);
    expect(await write(batch, way)).toMatchObject({ status: 'completed', successCount: 1, failureCount: 1 });
    expect((await entriesOf(batch)).map(({ errorCode }) => errorCode)).toEqual(['', 'duplicate']);
    expect(await activitiesOf(batch)).toHaveLength(1);
  },
);

test.each(ALL_CHECKS)('with override a duplicate gets one more activity: %s', async (way) => {
  const batch = await submitted(['a', 'b'], { overrideDuplicates: true });
  await registered(batch, ['b']);
  expect(await write(batch, way)).toMatchObject({ status: 'completed', successCount: 2, failureCount: 0 });
  const activities = await activitiesOf(batch);
  expect(activities.map(({ mentorId, occurrence }) => [mentorId, occurrence])).toEqual([
    ['a', 0],
    ['b', null],
  ]);
});

/** Two mentors who have the activity among so many in between that they are not looked through. */
async function amongMany(fields: Partial<BatchPayload> = {}): Promise<BatchPayload> {
  const batch = await submitted(['m-0', 'm-999', 'zzz'], fields);
  await registered(
    batch,
    Array.from({ length: 2_500 }, (_, index) => `m-${index}`),
  );
  return batch;
}

test('among many others a duplicate is not listed, and fails the batch unless it is looked up', async () => {
  for (const check of ['look_up', 'skip'] as const) {
    const batch = await amongMany();
    expect(await failureOf(batch, 'list')).toEqual({ kind: 'duplicate' });
    expect(await write(batch, check)).toMatchObject({ successCount: 1, failureCount: 2 });
    expect((await entriesOf(batch)).map(({ errorCode }) => errorCode)).toEqual([
      'duplicate',
      'duplicate',
      '',
    ]);
  }
});

test('with override a duplicate that is looked up gets one more activity', async () => {
  for (const check of ['look_up', 'skip'] as const) {
    const batch = await amongMany({ overrideDuplicates: true });
    expect(await failureOf(batch, 'list')).toEqual({ kind: 'duplicate' });
    expect(await write(batch, check)).toMatchObject({ successCount: 3, failureCount: 0 });
    const activities = await activitiesOf(batch);
    const occurrences = activities.map(({ mentorId, occurrence }) => [mentorId, occurrence]);
    expect(Object.fromEntries(occurrences)).toEqual({ 'm-0': null, 'm-999': null, zzz: 0 });
  }
});

test('an only batch knows every duplicate, however many others there are', async () => {
  expect(await writeOnly(messageOf(await amongMany()))).toMatchObject({ successCount: 1, failureCount: 2 });
});

test('without a success the registration has failed', async () => {
  const batch = await submitted(['a']);
  await registered(batch, ['a']);
  expect(await write(batch)).toMatchObject({ status: 'failed', successCount: 0, failureCount: 1 });
});

test('a mentor known to be refused fails with that code and gets no activity', async () => {
  const batch = await submitted(['a', 'b'], { overrideDuplicates: true });
  const mentors = batch.mentors.map((mentor) => ({
    ...mentor,
    refusedWith: mentor.mentorId === 'a' ? ('rejected' as const) : null,
  }));
  expect(await write({ ...batch, mentors })).toMatchObject({ successCount: 1, failureCount: 1 });
  expect((await entriesOf(batch)).map(({ errorCode }) => errorCode)).toEqual(['rejected', '']);
});

test('while mentors are left the registration stays in processing', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  const [first, ...rest] = batch.mentors;
  expect(await write({ ...batch, mentors: first ? [first] : [] })).toMatchObject({
    status: 'processing',
    successCount: 1,
  });
  expect(await write({ ...batch, batchNo: 1, mentors: rest })).toMatchObject({
    status: 'completed',
    successCount: 3,
  });
});

test('a second delivery of a batch changes nothing', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  const part = { ...batch, mentors: batch.mentors.slice(0, 2) };
  await write(part);
  expect(await failureOf(part)).toEqual({ kind: 'settled' });
  expect(await activitiesOf(batch)).toHaveLength(2);
  expect(
    await deps.db.prisma.bulkRegistration.findUnique({
      where: { id: batch.registrationId },
      select: { successCount: true, failureCount: true },
    }),
  ).toEqual({ successCount: 2, failureCount: 0 });
});

test('a batch of a cancelled, deleted or retried registration leaves nothing', async () => {
  const cancelled = await submitted(['a']);
  await cancelOrDelete(deps, cancelled.registrationId, { only: null, ifMatch: null });
  expect(await failureOf(cancelled)).toEqual({ kind: 'fenced' });
  expect(await activitiesOf(cancelled)).toHaveLength(0);

  await cancelOrDelete(deps, cancelled.registrationId, { only: null, ifMatch: null });
  expect(await failureOf(cancelled)).toEqual({ kind: 'fenced' });

  const other = await submitted(['a']);
  expect(await failureOf({ ...other, attempt: 2 })).toEqual({ kind: 'fenced' });
  expect(await activitiesOf(other)).toHaveLength(0);
});

test('the ledger itself refuses a batch number twice, whatever the mentors', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  const [first, second] = batch.mentors;
  await write({ ...batch, mentors: first ? [first] : [] });
  expect(await failureOf({ ...batch, mentors: second ? [second] : [] })).toEqual({ kind: 'settled' });
  expect(await activitiesOf(batch)).toHaveLength(1);
});

test('ids are kept byte for byte, whatever is in them', async () => {
  const mentorIds = ['"', '\\', '\\"', '{a,b}', 'null', 'NULL', "'", ',', ' spaced ', 'ü', '🌍', '$1', '%s'];
  for (const check of ALL_CHECKS) {
    const batch = await submitted(mentorIds);
    await write(batch, check);
    const activities = await activitiesOf(batch);
    expect(activities.map(({ mentorId }) => mentorId).toSorted()).toEqual(mentorIds.toSorted());
    const stored = await deps.db.prisma.bulkRegistration.findUniqueOrThrow({
      where: { id: batch.registrationId },
    });
    expect(stored.mentorIds).toEqual(mentorIds);
  }
});

test('a duplicate that is known is left out, and one that comes in between fails the batch', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  await registered(batch, ['b']);
  // Uncommitted while the statement begins: it is no known one, and is waited for.
  let written: Promise<unknown> | undefined;
  await deps.db.prisma.$transaction(async (tx) => {
    await registered(batch, ['c'], tx);
    written = failureOf(batch, 'look_up');
    await waitFor(async () => {
      const [waiting] = await deps.db.prisma.$queryRaw<[{ count: bigint }]>`
        select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return waiting.count > 0n;
    });
  });
  expect(await written).toEqual({ kind: 'duplicate' });
  expect(await write(batch, 'look_up')).toMatchObject({ successCount: 1, failureCount: 2 });
});

test('an array of the ledger is one value when the others follow from it', async () => {
  const alike = await submitted(['a', 'b', 'c']);
  await write(alike);
  expect(await ledgerOf(alike)).toMatchObject({ positions: [1], errorCodes: [''] });
  expect((await ledgerOf(alike)).activityIds).toHaveLength(1);

  const duplicates = await submitted(['a', 'b', 'c']);
  await registered(duplicates, ['a', 'b', 'c']);
  await write(duplicates);
  expect(await ledgerOf(duplicates)).toMatchObject({ activityIds: [0n], errorCodes: ['duplicate'] });

  const mixed = await submitted(['a', 'b', 'c']);
  await registered(mixed, ['b']);
  await write({ ...mixed, mentors: mixed.mentors.filter(({ position }) => position !== 2) });
  expect(await ledgerOf(mixed)).toMatchObject({ positions: [1, 3], errorCodes: [''] });
  expect((await entriesOf(mixed)).map(({ position }) => position)).toEqual([1, 3]);
});

test('ids that others took in between are kept one by one', async () => {
  const batch = await submitted(['a', 'b', 'c']);
  // Every second id goes to somebody else, as when another batch is written at the same time.
  await deps.db.prisma.$executeRaw`alter sequence activities_id_seq increment by 2`;
  await write(batch);
  await deps.db.prisma.$executeRaw`alter sequence activities_id_seq increment by 1`;
  const ids = (await activitiesOf(batch)).map(({ id }) => id);
  expect((await ledgerOf(batch)).activityIds).toEqual(ids);
  expect((await entriesOf(batch)).map(({ activityId }) => activityId)).toEqual(ids);
});

test('the only batch of a registration is written from what is stored', async () => {
  const [stored, given] = [await submitted(['b', 'a', '"']), await submitted(['b', 'a', '"'])];
  for (const batch of [stored, given]) await registered(batch, ['a']);
  expect(await writeOnly(messageOf(stored))).toEqual(await write(given));

  const entries = async (batch: BatchPayload) =>
    (await entriesOf(batch)).map(({ position, errorCode }) => [position, errorCode]);
  expect(await entries(stored)).toEqual(await entries(given));
  const activities = async (batch: BatchPayload) =>
    (await activitiesOf(batch)).map(({ id, bulkRegistrationId, activityDate, createdAt, ...rest }) => rest);
  expect(await activities(stored)).toEqual(await activities(given));
});

test('the only batch of a registration is not written for a message that does not count', async () => {
  const batch = await submitted(['a']);
  const message = messageOf(batch);
  expect(await writeOnly({ ...message, ring: 2 })).toBeNull();
  expect(await writeOnly({ ...message, attempt: 2 })).toBeNull();
  expect(await writeOnly(message)).toMatchObject({ status: 'completed' });
  expect(await writeOnly(message)).toBeNull();

  const cancelled = await submitted(['a']);
  await cancelOrDelete(deps, cancelled.registrationId, { only: null, ifMatch: null });
  expect(await writeOnly(messageOf(cancelled))).toBeNull();

  const { config } = deps;
  const large = registrationRequest({
    mentor_ids: Array.from({ length: config.batchSize + 1 }, (_, i) => `l-${i}`),
  });
  const { answer } = await submitRegistration(deps, large);
  const registrationId = String(parseRegistrationId(answer.id));
  expect(await writeOnly({ registrationId, attempt: 1, ring: 1 })).toBeNull();
});
