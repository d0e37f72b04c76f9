import type { FailureCode } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { type BatchKey, codesLiteral, EVENT, fromOpenBatch, WRITTEN_BATCH } from './statement-parts.ts';

/**
 * How a batch is tried.
 * - refused: codes of mentors whose record the database refuses, in the order of the batch's mentors; an
 *   activity is tried for those with null, and for those beyond its end
 * - toleratesConflicts: a mentor who gets the activity from somebody else meanwhile is a duplicate. Else
 *   the statement fails, which is rare, and costs a third less when it is not needed.
 * - writesEvents: if the registration ends with this batch, its event is written for the webhook
 */
export interface BatchTry {
  refused: ReadonlyArray<FailureCode | null>;
  toleratesConflicts: boolean;
  writesEvents: boolean;
}

/** What a batch that was written did. */
export interface WrittenBatch {
  after: RegistrationSnapshot;
  mentorCount: number;
  successCount: number;
}

/**
 * Writes one batch by one statement in autocommit: its activities, each mentor's result, and the
 * registration's counters and status. Returns null, and writes nothing, when the batch is one of an undo,
 * has been written before, its registration is not processing this attempt, or the job is stale.
 *
 * The fence comes last. It updates the registration only while it is processing this attempt, and the
 * cast of its row count fails the whole statement otherwise. So every batch passed its fence before a
 * cancel, or leaves nothing behind. A lock at the start would not do: FOR KEY SHARE sees the row as it was
 * before the cancel, FOR SHARE deadlocks with the counters, and an open transaction lets a stopped worker
 * hold its locks.
 *
 * No deadlock: all batches insert in the order of mentor_id and update the registration last.
 *
 * @throws a driver error that `classifySqlFailure` reads: superseded, duplicate, data or transient
 */
export async function insertBatch(
  db: Executor,
  key: BatchKey,
  { refused, toleratesConflicts, writesEvents }: BatchTry,
): Promise<WrittenBatch | null> {
  const [row] = await db.$queryRaw<Array<RegistrationSnapshot & { mentors: number; successes: number }>>`
    with ${batchOf(key, refused)}, ${toleratesConflicts ? TOLERANT : STRICT}, ${RESULTS_AND_FENCE}
    ${writesEvents ? EVENT : Prisma.empty}
    ${OUTCOME}`;
  if (row === undefined) return null;
  const { mentors, successes, ...after } = row;
  return { after, mentorCount: mentors, successCount: successes };
}

/** Tries the activities of a batch, without results, counters or fence. For a transaction that is rolled back. */
export async function tryActivities(
  tx: Executor,
  key: BatchKey,
  refused: BatchTry['refused'],
): Promise<void> {
  await tx.$queryRaw`with ${batchOf(key, refused)}, ${TOLERANT} select count(*) from written`;
}

// The steps, and what each hands on:
// - batch: the one row, if there is something to write
// - mentor (n, mentor_id, refused_with, id): in the order of the batch. Activity ids are taken beforehand,
//   so that what was written need not be matched with its mentor afterwards
// - known (mentor_id): who has the activity already
// - candidate (id, mentor_id, occurrence): in the order of mentor_id; occurrence is null for those in `known`
// - written (id)

function batchOf(key: BatchKey, refused: BatchTry['refused']): Prisma.Sql {
  return Prisma.sql`
    batch as materialized (
      select
        b.registration_id,
        b.attempt,
        b.batch_no,
        b.mentor_ids,
        b.override_ids,
        r.activity_type,
        r.activity_date,
        r.duration_minutes,
        r.notes,
        r.coordinator_id,
        r.override_duplicates,
        r.override_duplicates
          or b.override_ids is not null
          or r.failure_count > 0
          or r.success_count = 0
          or r.attempt > 1
          as has_duplicates
      ${fromOpenBatch(key)}
        and b.undo_ids is null
    ),
    mentor as materialized (
      select n, mentor_id, refused_with, nextval('activities_id_seq') as id
      from batch
      cross join lateral rows from (
        unnest(mentor_ids),
        unnest(${codesLiteral(refused)}::text[])
      ) with ordinality as m (mentor_id, refused_with, n)
    )`;
}

/** Occurrence 0 is the activity; null is one more, by override. A cross join keeps the order of `candidate`. */
const insertActivities = (occurrence: Prisma.Sql) => Prisma.sql`
  insert into activities (
    id, mentor_id, activity_type, activity_date, occurrence,
    duration_minutes, notes, coordinator_id, bulk_registration_id
  )
  select
    id, mentor_id, activity_type, activity_date, ${occurrence},
    duration_minutes, notes, coordinator_id, registration_id
  from batch
  cross join candidate`;

/** Of a mentor whom the request gives one more activity. The subquery is hashed, whatever the number of mentors. */
const IS_OVERRIDDEN = Prisma.sql`mentor_id in (select unnest(override_ids) from batch)`;

/**
 * Looks for duplicates first, where the registration may have some: in its first batch, after a failure, in
 * a retry, and to override. A batch that meets its first one without having looked fails, and is tried again.
 * In a function the search costs nothing where it is not made (docs/decisions).
 */
const STRICT = Prisma.sql`
  known as materialized (
    select found.mentor_id
    from batch
    cross join lateral known_mentors(activity_date, activity_type, mentor_ids) found (mentor_id)
    where has_duplicates
  ),
  candidate as (
    select
      id,
      mentor_id,
      case when mentor_id not in (select mentor_id from known) then 0 end as occurrence
    from mentor
    where refused_with is null
    order by mentor_id
  ),
  written as (
    ${insertActivities(Prisma.sql`occurrence`)}
    where override_duplicates or occurrence = 0 or ${IS_OVERRIDDEN}
    returning id
  )`;

const TOLERANT = Prisma.sql`
  candidate as (
    select id, mentor_id
    from mentor
    where refused_with is null
    order by mentor_id
  ),
  first as (
    ${insertActivities(Prisma.sql`0`)}
    on conflict on constraint activities_once_per_mentor do nothing
    returning id
  ),
  more as (
    ${insertActivities(Prisma.sql`null`)}
    where (override_duplicates or ${IS_OVERRIDDEN}) and id not in (select id from first)
    returning id
  ),
  written as (
    select id from first
    union all
    select id from more
  )`;

// The keys come from scalar subqueries, as in `WRITTEN_BATCH`.
const RESULTS_AND_FENCE = Prisma.sql`
  tally as (
    select
      (select cardinality(mentor_ids) from batch) as mentors,
      count(*) as successes,
      min(id) as first_id,
      max(id) as last_id
    from written
  ),
  result as (
    select
      coalesce(written.id, 0) as activity_id,
      case
        when mentor.refused_with is not null then mentor.refused_with
        when written.id is null then 'duplicate'
        else ''
      end as error_code
    from mentor
    left join written using (id)
    order by mentor.n
  ),
  results as (
    -- In most batches everybody succeeds, and the ids are consecutive: nothing to join or sort.
    select
      case when last_id - first_id = mentors - 1 then array[first_id] else (select array_agg(id) from mentor) end
        as activity_ids,
      array[''] as error_codes
    from tally
    where successes = mentors
    union all
    select
      case when max(activity_id) = 0 then array[0] else array_agg(activity_id) end,
      case when min(error_code) = max(error_code) then array[min(error_code)] else array_agg(error_code) end
    from result
    where (select successes < mentors from tally)
    having count(*) > 0
  ),
  ${WRITTEN_BATCH},
  fence as (
    update bulk_registrations r
    set
      success_count = r.success_count + successes,
      failure_count = r.failure_count + mentors - successes,
      status = case
        when r.success_count + r.failure_count + mentors < r.mentor_count then 'processing'
        when r.success_count + successes > 0 then 'completed'
        else 'failed'
      end::registration_status,
      completed_at = case
        when r.success_count + r.failure_count + mentors = r.mentor_count then clock_timestamp()
      end,
      updated_at = clock_timestamp(),
      transient_error = null,
      transient_error_since = null
    from tally
    cross join written_batch
    where r.id = (select registration_id from batch)
      and r.attempt = (select attempt from batch)
      and r.status = 'processing'
    returning
      r.id,
      r.status,
      r.attempt,
      r.mentor_count,
      r.success_count,
      r.failure_count,
      r.undone_count,
      r.kept_count,
      r.undo_count
  )`;

const OUTCOME = Prisma.sql`
  select
    (fence.id is not null)::integer::registration_is_ours,
    fence.id,
    fence.status::text as status,
    fence.attempt,
    fence.mentor_count as "mentorCount",
    fence.success_count as "successCount",
    fence.failure_count as "failureCount",
    0 as "undoneCount",
    0 as "keptCount",
    fence.undo_count as "undoCount",
    null as "transientErrorCode",
    null::timestamptz as "transientErrorSince",
    tally.mentors,
    tally.successes::integer
  from batch
  cross join tally
  left join fence on true`;
