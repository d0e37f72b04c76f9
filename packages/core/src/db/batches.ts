import type { RegistrationStatus } from '@bulk/contract';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import { integerArray, textArray } from './array-literal.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';

export interface BatchWritten {
  status: RegistrationStatus;
  mentorCount: number;
  successCount: number;
  failureCount: number;
}

/**
 * How to treat mentors who have the activity already.
 * - `skip_known`: those are left out whose activity is visible when the statement begins; one that
 *   comes in between fails the statement.
 * - `skip`: all are left out, which costs a fifth of the throughput (ON CONFLICT).
 */
export type OnDuplicate = 'skip_known' | 'skip';

/**
 * Writes one batch as one statement in autocommit: the activities, the ledger row with each
 * mentor's result, and the registration's counters and status.
 *
 * The fence comes last. It updates the registration only while it is processing this attempt, and
 * the cast of its row count fails the whole statement otherwise. So every batch either passed its
 * fence before a cancel took the row, or leaves nothing behind. A lock taken at the start would
 * not do: FOR KEY SHARE sees the row as it was before the cancel, FOR SHARE deadlocks with the
 * counters, and an open transaction lets a stopped worker hold its locks.
 *
 * All batches insert in the order of mentor_id and touch the registration last, so two of them
 * can't wait for each other.
 *
 * @throws a driver error that `classifySqlFailure` reads: fenced, settled, duplicate, data or transient
 */
export async function insertBatch(
  db: Executor,
  batch: BatchPayload,
  { onDuplicate }: { onDuplicate: OnDuplicate },
): Promise<BatchWritten> {
  const rows = await db.$queryRaw<BatchWritten[]>`
    with ${activityInserts(batch, onDuplicate)},
    results as (
      select
        mentor.position,
        coalesce(written.id, 0) as activity_id,
        case
          when mentor.refused_with is not null then mentor.refused_with
          when written.id is null then 'duplicate'
          else ''
        end as error_code
      from mentor
      left join written using (id)
      order by mentor.position
    ),
    ledger as (
      insert into registration_batches (
        registration_id, attempt, batch_no,
        positions, activity_ids, error_codes, success_count, failure_count
      )
      select
        ${batch.registrationId}::bigint,
        ${batch.attempt}::integer,
        ${batch.batchNo}::integer,
        ${consecutive(batch.mentors.map(({ position }) => position))}::integer[],
        case
          when max(activity_id) = 0 or (min(activity_id) > 0 and max(activity_id) - min(activity_id) = count(*) - 1)
            then array[min(activity_id)]
          else array_agg(activity_id)
        end,
        case when min(error_code) = max(error_code) then array[min(error_code)] else array_agg(error_code) end,
        count(*) filter (where error_code = ''),
        count(*) filter (where error_code <> '')
      from results
      returning success_count, failure_count
    ),
    fence as (
      update bulk_registrations r
      set
        success_count = r.success_count + ledger.success_count,
        failure_count = r.failure_count + ledger.failure_count,
        status = case
          when r.success_count + r.failure_count + ledger.success_count + ledger.failure_count < r.mentor_count
            then 'processing'
          when r.success_count + ledger.success_count > 0 then 'completed'
          else 'failed'
        end::registration_status,
        completed_at = case
          when r.success_count + r.failure_count + ledger.success_count + ledger.failure_count = r.mentor_count
            then clock_timestamp()
        end,
        updated_at = clock_timestamp(),
        last_error = null,
        last_error_at = null
      from ledger
      where r.id = ${batch.registrationId}::bigint
        and r.attempt = ${batch.attempt}::integer
        and r.status = 'processing'
      returning r.status, r.mentor_count, r.success_count, r.failure_count
    )
    select
      count(*)::integer::registration_is_ours,
      min(status)::text as status,
      min(mentor_count) as "mentorCount",
      min(success_count) as "successCount",
      min(failure_count) as "failureCount"
    from fence`;
  return rows[0] as BatchWritten;
}

/** Tries the activities of some mentors, as `insertBatch` would, and nothing else. */
export async function tryActivities(tx: Executor, batch: BatchPayload): Promise<void> {
  await tx.$queryRaw`with ${activityInserts(batch, 'skip')} select count(*) from written`;
}

/**
 * The CTEs `mentor` (position, mentor_id, refused_with, id: the activity's, should it be written) and,
 * unless duplicates fail, `written` (id).
 * Occurrence 0 is the activity, and at most one can be; null is one more, by override.
 */
function activityInserts(batch: BatchPayload, onDuplicate: OnDuplicate): Prisma.Sql {
  const columns = Prisma.sql`
    id, mentor_id, activity_type, activity_date, occurrence,
    duration_minutes, notes, coordinator_id, bulk_registration_id`;
  const row = (occurrence: 0 | null) => Prisma.sql`
    id, mentor_id, ${batch.activityType}, ${batch.activityDate}::date, ${occurrence}::integer,
    ${batch.durationMinutes}::integer, ${batch.notes}::text, ${batch.coordinatorId}, ${batch.registrationId}::bigint`;
  const positions = integerArray(batch.mentors.map((mentor) => mentor.position));
  const mentorIds = textArray(batch.mentors.map((mentor) => mentor.mentorId));

  // Ids are taken beforehand: what is written need not be matched with its mentor afterwards.
  const mentor = Prisma.sql`
    mentor as materialized (
      select position, mentor_id collate "C" as mentor_id, refused_with, nextval('activities_id_seq') as id
      from unnest(${positions}::integer[], ${mentorIds}::text[], ${refusals(batch)}::text[])
        as t (position, mentor_id, refused_with)
    )`;
  return Prisma.sql`
    ${mentor},
    first as (
      insert into activities (${columns})
      select ${row(0)}
      from mentor
      where refused_with is null
        and (
          -- A probe of the index each, whatever the planner believes of a table that has only begun to grow.
          select true
          from activities a
          where a.activity_date = ${batch.activityDate}::date
            and a.activity_type = ${batch.activityType}
            and a.mentor_id = mentor.mentor_id
            and a.occurrence = 0
          limit 1
        ) is null
      order by mentor_id
      ${onDuplicate === 'skip' ? SKIP : Prisma.empty}
      returning id
    ),
    more as (
      insert into activities (${columns})
      select ${row(null)}
      from mentor
      where ${batch.overrideDuplicates}::boolean
        and refused_with is null
        and id not in (select id from first)
      order by mentor_id
      returning id
    ),
    written as (
      select id from first
      union all
      select id from more
    )`;
}

const SKIP = Prisma.sql`on conflict on constraint activities_once_per_mentor do nothing`;

/** As the ledger has it: the first stands for all when they are consecutive. */
function consecutive(positions: readonly number[]): string {
  const [first = 0, last = first] = [positions[0], positions.at(-1)];
  return integerArray(last - first === positions.length - 1 ? [first] : positions);
}

/** Up to the last one that is refused: unnest makes null of what is missing. */
function refusals({ mentors }: BatchPayload): string {
  const codes = mentors.map(({ refusedWith }) => refusedWith ?? 'null');
  return `{${codes.slice(0, mentors.findLastIndex(({ refusedWith }) => refusedWith !== null) + 1).join(',')}}`;
}
