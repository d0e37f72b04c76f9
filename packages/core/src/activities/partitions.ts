import type { Executor } from '../database/executor.ts';
import type { PrismaClient } from '../database/generated/client.ts';
import { Prisma } from '../database/generated/client.ts';

// `npm run partition` makes `activities` a partitioned table (docs/decisions/partitions.md). It then consists of
// - activities_before_YYYY_MM: what was the table, with all activities before that month
// - activities_YYYY_MM: a month each
// - activities_other: the days that no other partition has
// The names of the constraints of a partition begin with those of the table: `classifySqlFailure` looks for these.

/** The months after the current one that have a partition. */
const MONTHS_AHEAD = 3;

/** Held by whoever adds partitions. */
export const PARTITION_LOCK = 6_251_182;

/** A batch that reads all partitions holds the lock for milliseconds; all others wait behind a longer one. */
const LOCK_TIMEOUT = '1s';

/**
 * Adds the partitions of this month and of the next ones, where `activities` is a partitioned table of the user of the
 * database. A month with activities in `activities_other` gets none. Safe at any time, twice at once as well.
 *
 * @returns the months that got one, YYYY-MM
 * @throws transient errors of the database, also if a lock does not come within a second
 */
export async function addMonths(prisma: PrismaClient, monthsAhead: number = MONTHS_AHEAD): Promise<string[]> {
  if (!(await mayAddMonths(prisma)) || (await missing(prisma, monthsAhead)).length === 0) return [];
  return prisma.$transaction(async (tx) => {
    await tx.$executeRaw`select set_config('lock_timeout', ${LOCK_TIMEOUT}, true)`;
    await tx.$executeRaw`select pg_advisory_xact_lock(${PARTITION_LOCK}::bigint)`;
    const months = await missing(tx, monthsAhead);
    for (const statement of months.flatMap(addMonth)) await tx.$executeRaw(Prisma.raw(statement));
    return months;
  });
}

async function missing(db: Executor, monthsAhead: number): Promise<string[]> {
  const months = await listMissingMonths(db, monthsAhead);
  return months.filter(({ hasActivities }) => !hasActivities).map(({ month }) => month);
}

export async function isPartitioned(db: Executor): Promise<boolean> {
  const [table] = await db.$queryRaw<[{ is: boolean }]>`
    select relkind = 'p' as is from pg_class where oid = 'activities'::regclass`;
  return table.is;
}

async function mayAddMonths(db: Executor): Promise<boolean> {
  const [table] = await db.$queryRaw<[{ may: boolean }]>`
    select
      relkind = 'p'
        and pg_has_role(relowner, 'usage')
        and has_schema_privilege(relnamespace, 'create') as may
    from pg_class
    where oid = 'activities'::regclass`;
  return table.may;
}

/**
 * Lists the months without a partition, from the current one on, if `activities` is partitioned.
 *
 * @returns each month as YYYY-MM, and whether it has activities, which are in `activities_other` then
 */
export async function listMissingMonths(
  db: Executor,
  monthsAhead: number = MONTHS_AHEAD,
): Promise<Array<{ month: string; hasActivities: boolean }>> {
  return db.$queryRaw`
    select
      to_char(month, 'YYYY-MM') as month,
      -- By the index of each partition; with "exists" PostgreSQL may read them all.
      (
        select true
        from activities
        where activity_date >= month::date
          and activity_date < (month + interval '1 month')::date
        limit 1
      ) is not null as "hasActivities"
    from generate_series(0, ${monthsAhead}::integer) n
    cross join lateral (
      select date_trunc('month', now() at time zone 'UTC') + n * interval '1 month' as month
    ) later
    where to_regclass(to_char(month, '"activities_"YYYY_MM')) is null
      and not exists (
        select
        from pg_inherits
        join pg_class c on c.oid = inhrelid
        where inhparent = 'activities'::regclass
          and relname like 'activities\\_before\\_%'
          and relname > to_char(month, '"activities_before_"YYYY_MM')
      )
    order by month`;
}

/** Statements that add a month, YYYY-MM. They lock nobody out who uses another partition than `activities_other`. */
export function addMonth(month: string): string[] {
  const next = new Date(`${month}-01`);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const bounds = `for values from ('${month}-01') to ('${next.toISOString().slice(0, 10)}')`;
  return addPartition(month.replace('-', '_'), bounds);
}

/**
 * Statements that add an empty partition. `attach` takes a weaker lock than `create table … partition of`, and takes
 * the unique constraint for the one of the table.
 */
export function addPartition(name: string, bounds: string): string[] {
  return [
    `create table activities_${name} (
      like activities including defaults including constraints including storage including comments,
      constraint activities_pkey_${name} primary key (id),
      constraint activities_once_per_mentor_${name}
        unique (activity_date, activity_type, mentor_id, occurrence)
    )`,
    `alter table activities attach partition activities_${name} ${bounds}`,
  ];
}
