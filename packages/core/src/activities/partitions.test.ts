import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { undoRegistration } from '../attempts/undo.ts';
import { classifySqlFailure } from '../database/sql-failure.ts';
import { partitions } from '../doctor/partitions.ts';
import { sweep } from '../jobs/sweep.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { verifyRegistration } from '../registrations/verify.ts';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  readDetails,
  runChain,
  submit,
  type TestDeps,
} from '../testing/index.ts';
import { listMentorActivities } from './list-mentor-activities.ts';
import { partitionActivities } from './partition-activities.ts';
import { addMonths } from './partitions.ts';

let deps: TestDeps;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory' });
});
afterEach(() => deps.close());

const thisMonth = new Date().toISOString().slice(0, 7);

/** YYYY-MM */
function monthIn(months: number): string {
  const day = new Date(`${thisMonth}-01`);
  day.setUTCMonth(day.getUTCMonth() + months);
  return day.toISOString().slice(0, 7);
}

const nameOf = (month: string) => `activities_${month.replace('-', '_')}`;

/** Registers three mentors, and returns the codes of their results. */
async function register(activity_date: string): Promise<string[]> {
  const id = await submit(deps, { activity_date, mentor_ids: mentors('m', 3) });
  await runChain(deps, id);
  const { results } = await readDetails(deps, id);
  return results.map(({ status, error }) => error?.code ?? status);
}

/** As a worker does: a batch that waits too long is tried again. */
async function untilDone(small: TestDeps, id: string): Promise<void> {
  for (;;) {
    const outcomes = await runChain(small, id).catch(() => []);
    if (outcomes.at(-1)?.kind === 'done') return;
  }
}

/** How many activities each partition has. */
async function counts(): Promise<Record<string, number>> {
  const rows = await deps.db.prisma.$queryRaw<Array<{ name: string; count: number }>>`
    select tableoid::regclass::text as name, count(*)::integer as count
    from activities
    group by tableoid
    order by 1`;
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

async function run(statement: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: deps.database.url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function partitionNames(): Promise<string[]> {
  const rows = await deps.db.prisma.$queryRaw<Array<{ name: string }>>`
    select inhrelid::regclass::text as name from pg_inherits where inhparent = 'activities'::regclass order by 1`;
  return rows.map(({ name }) => name);
}

const SUCCESS = ['success', 'success', 'success'];
const DUPLICATE = ['duplicate', 'duplicate', 'duplicate'];
const old = `activities_before_${monthIn(1).replace('-', '_')}`;

test('partitioning keeps all activities, those of later months in the partitions of these, and connections work on', async () => {
  const days = ['2020-02-29', `${thisMonth}-01`, `${monthIn(2)}-10`, '2199-01-01'];
  for (const day of days) expect(await register(day)).toEqual(SUCCESS);
  const before = await deps.db.prisma.activity.findMany({ orderBy: { id: 'asc' } });

  expect(await partitionActivities(deps.database.url)).toBe(true);
  expect(await partitionActivities(deps.database.url)).toBe(false);

  expect(await deps.db.prisma.activity.findMany({ orderBy: { id: 'asc' } })).toEqual(before);
  expect(await counts()).toEqual({ [old]: 6, [nameOf(monthIn(2))]: 3, activities_other: 3 });
  for (const day of days) expect(await register(day)).toEqual(DUPLICATE);
  expect(await register('2020-03-01')).toEqual(SUCCESS);
  expect(await findInconsistencies(deps)).toEqual([]);
});

test('partitioning while registrations run loses and doubles nobody, and they go on', async () => {
  const small = { ...deps, config: { ...deps.config, batchSize: 20 } };
  const days = ['2020-02-29', `${thisMonth}-01`, `${monthIn(1)}-15`, '2199-01-01'];
  const ids = await Promise.all(
    days.map((activity_date) => submit(small, { activity_date, mentor_ids: mentors('m', 2_000) })),
  );
  const runs = ids.map((id) => untilDone(small, id));
  await expect.poll(async () => Object.keys(await counts()).length).toBe(1);
  await partitionActivities(deps.database.url);
  const left = await deps.db.prisma.bulkRegistration.count({ where: { status: 'processing' } });
  expect(left).toBeGreaterThan(0);
  await Promise.all(runs);

  expect(await counts()).toEqual({ [old]: 4_000, [nameOf(monthIn(1))]: 2_000, activities_other: 2_000 });
  expect(await findInconsistencies(deps)).toEqual([]);
});

test('partitioning keeps what other users may do', async () => {
  await run('grant select on activities to pg_monitor');
  await partitionActivities(deps.database.url);
  await register('2020-02-29');
  await expect(run('set role pg_monitor; select from activities')).resolves.toBeDefined();
});

test('a trigger is not lost: partitioning refuses, and changes nothing', async () => {
  await run(`create function pass() returns trigger language plpgsql as 'begin return new; end'`);
  await run('create trigger audit before insert on activities for each row execute function pass()');
  await expect(partitionActivities(deps.database.url)).rejects.toThrow('has triggers (audit)');
  expect(await partitionNames()).toEqual([]);
});

test('a sweep adds the next months, and nothing to a table that is not partitioned', async () => {
  const sweepOnce = async () => {
    await deps.db.prisma.$executeRaw`update sweeps set swept_at = '-infinity'`;
    await sweep(deps, new AbortController().signal);
  };
  await sweepOnce();
  expect(await partitionNames()).toEqual([]);

  await partitionActivities(deps.database.url);
  await run(`drop table ${nameOf(monthIn(3))}`);
  await sweepOnce();
  expect(await partitionNames()).toEqual(
    [...[1, 2, 3].map((months) => nameOf(monthIn(months))), old, 'activities_other'].toSorted(),
  );
  expect(await register(`${monthIn(3)}-15`)).toEqual(SUCCESS);
  expect(await counts()).toEqual({ [nameOf(monthIn(3))]: 3 });
});

test('two that add the same months at once add each once', async () => {
  await partitionActivities(deps.database.url);
  const added = await Promise.all([1, 2, 3, 4].map(() => addMonths(deps.db.prisma, 8)));
  expect(added.flat()).toEqual([4, 5, 6, 7, 8].map(monthIn));
});

test('an activity outside all months is kept apart, and its month is left to the operator', async () => {
  await partitionActivities(deps.database.url);
  const day = `${monthIn(4)}-20`;
  expect(await register(day)).toEqual(SUCCESS);
  expect(await register(day)).toEqual(DUPLICATE);
  expect(await counts()).toEqual({ activities_other: 3 });
  expect(await addMonths(deps.db.prisma, 5)).toEqual([monthIn(5)]);
});

test.each([
  ['the old table', '2020-02-29'],
  ['a month', `${monthIn(1)}-15`],
  ['no month', '2199-01-01'],
])('a duplicate and an id that is taken are recognized in %s', async (_, day) => {
  await partitionActivities(deps.database.url);
  await register(day);
  const insert = (mentorId: string, id: bigint | null) =>
    deps.db.prisma.$executeRaw`
      insert into activities (
        id, mentor_id, activity_type, activity_date, duration_minutes, coordinator_id, bulk_registration_id
      )
      values (
        coalesce(${id}::bigint, nextval('activities_id_seq')), ${mentorId}, 'group_workshop', ${day}::date, 1, 'c', 1
      )`;
  const failureOf = (statement: Promise<unknown>) => statement.then(() => null, classifySqlFailure);
  expect(await failureOf(insert('m-1', null))).toEqual({ kind: 'duplicate' });
  expect(await failureOf(insert('other', 1n))).toEqual({
    kind: 'transient',
    code: 'internal',
  });
});

test('verifying, a mentor and an undo find the activities of all months', async () => {
  await partitionActivities(deps.database.url);
  const days = ['2025-02-27', `${thisMonth}-01`, `${monthIn(1)}-15`];
  for (const day of days) await register(day);
  const listed = await listMentorActivities(deps, 'm-2', { from: '2020-01-01', to: '2199-01-01' });
  expect(listed.data.map(({ activity_date }) => activity_date)).toEqual(days.toReversed());
  for (const id of [1n, 2n, 3n]) {
    expect(await verifyRegistration(deps, id)).toMatchObject({ agrees: true });
    await undoRegistration(deps, id);
    await runChain(deps, formatRegistrationId(id));
  }
  expect(await counts()).toEqual({});
  expect(await findInconsistencies(deps)).toEqual([]);
});

test('without the activities that were detached the service works, and forgets its duplicates', async () => {
  await partitionActivities(deps.database.url);
  await register('2020-02-29');
  expect(await register(`${monthIn(1)}-15`)).toEqual(SUCCESS);
  await run(`alter table activities detach partition ${nameOf(monthIn(1))}`);
  expect(await register('2020-02-29')).toEqual(DUPLICATE);
  expect(await register(`${monthIn(1)}-15`)).toEqual(SUCCESS);
  expect(await counts()).toEqual({ [old]: 3, activities_other: 3 });
  expect(await run(`select from ${nameOf(monthIn(1))}`)).toMatchObject({ rowCount: 3 });
});

test('the doctor tells of a month that nobody adds, and of one that cannot be added', async () => {
  const found = async () => (await partitions({ db: deps.db })).map(({ what }) => what);
  expect(await found()).toEqual([]);
  await partitionActivities(deps.database.url);
  expect(await found()).toEqual([]);
  await run(`drop table ${nameOf(monthIn(1))}; drop table ${nameOf(monthIn(2))}`);
  await register(`${monthIn(1)}-15`);
  expect(await found()).toEqual([
    `The activities of ${monthIn(1)} are in activities_other, so this month has no partition of its own.`,
    `${monthIn(2)} has no partition: no worker has added it.`,
  ]);
});
