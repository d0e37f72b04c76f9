import type { RegistrationStatus } from '@bulk/contract';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import type { Executor } from './client.ts';
import { Prisma } from './generated/client.ts';

export interface BatchWritten {
  status: RegistrationStatus;
  mentorCount: number;
  successCount: number;
  failureCount: number;
}

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
 * @param duplicates whether mentors may have the activity already. Where none is expected a plain
 *   insert does, which is much faster, and a duplicate fails the statement.
 * @throws a driver error that `classifySqlFailure` reads: fenced, settled, duplicate, data or transient
 */
export async function insertBatch(
  db: Executor,
  batch: BatchPayload,
  { duplicates }: { duplicates: 'expected' | 'unexpected' },
): Promise<BatchWritten> {
  const rows = await db.$queryRaw<BatchWritten[]>`
    with ${activityInserts(batch, duplicates)},
    results as (
      select
        mentor.position,
        coalesce(written.id, 0) as activity_id,
        case
          when mentor.refused_with <> '' then mentor.refused_with
          when written.id is null then 'duplicate'
          else ''
        end as error_code
      from mentor
      left join written on written.mentor_id = mentor.mentor_id
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
        array_agg(position),
        array_agg(activity_id),
        array_agg(error_code),
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
  await tx.$queryRaw`with ${activityInserts(batch, 'expected')} select count(*) from written`;
}

/**
 * The CTEs `mentor` (position, mentor_id, refused_with) and `written` (id, mentor_id).
 * Occurrence 0 is the activity, and at most one can be; null is one more, by override.
 */
function activityInserts(batch: BatchPayload, duplicates: 'expected' | 'unexpected'): Prisma.Sql {
  const unlessThere =
    duplicates === 'expected'
      ? Prisma.sql`on conflict on constraint activities_once_per_mentor do nothing`
      : Prisma.empty;
  const columns = Prisma.sql`
    mentor_id, activity_type, activity_date, occurrence,
    duration_minutes, notes, coordinator_id, bulk_registration_id`;
  const row = (occurrence: 0 | null) => Prisma.sql`
    mentor.mentor_id, ${batch.activityType}, ${batch.activityDate}::date, ${occurrence}::integer,
    ${batch.durationMinutes}::integer, ${batch.notes}::text, ${batch.coordinatorId}, ${batch.registrationId}::bigint`;

  return Prisma.sql`
    mentor as (
      select position, mentor_id collate "C" as mentor_id, refused_with
      from unnest(
        ${batch.mentors.map((mentor) => mentor.position)}::integer[],
        ${batch.mentors.map((mentor) => mentor.mentorId)}::text[],
        ${batch.mentors.map((mentor) => mentor.refusedWith ?? '')}::text[]
      ) as t (position, mentor_id, refused_with)
    ),
    first as (
      insert into activities (${columns})
      select ${row(0)}
      from mentor
      where refused_with = ''
      order by mentor_id
      ${unlessThere}
      returning id, mentor_id
    ),
    more as (
      insert into activities (${columns})
      select ${row(null)}
      from mentor
      where ${batch.overrideDuplicates}::boolean
        and refused_with = ''
        and mentor_id not in (select mentor_id from first)
      order by mentor_id
      returning id, mentor_id
    ),
    written as (
      select id, mentor_id from first
      union all
      select id, mentor_id from more
    )`;
}
