import type { FailureCode } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { type BatchKey, codesLiteral, EVENT, fromOpenBatch, WRITTEN_BATCH } from './statement-parts.ts';

/** In the order of the batch's mentors: not null where the database refuses to delete the activity. */
export type RefusedDeletions = ReadonlyArray<FailureCode | null>;

/**
 * Undoes one batch by one statement in autocommit: deletes its activities, and stores each mentor's result and the
 * registration's counters and status. Returns null, and changes nothing, when the batch is none of an undo, has been
 * written before, its registration is not processing this attempt, or the job is stale.
 *
 * It deletes only what is as the registration wrote it. The fence comes last, as in `insertBatch`.
 *
 * No deadlock: an activity belongs to one registration, a second run of the batch waits for the first before it
 * deletes (each in the order of its plan, which may differ), and nothing that a registration of the same mentors may
 * hold is waited for.
 *
 * @param how.writesEvents if the undo ends with this batch, its event is written for the webhook
 * @throws a driver error that `classifySqlFailure` reads: superseded, data or transient
 */
export async function undoBatch(
  db: Executor,
  key: BatchKey,
  { refused, writesEvents }: { refused: RefusedDeletions; writesEvents: boolean },
): Promise<RegistrationSnapshot | null> {
  const rows = await db.$queryRaw<RegistrationSnapshot[]>`
    with ${batchOf(key, refused)}, ${DELETED}, ${RESULTS_AND_FENCE}
    ${writesEvents ? EVENT : Prisma.empty}
    ${OUTCOME}`;
  return rows[0] ?? null;
}

/** Tries the deletions of a batch, without results, counters or fence. For a transaction that is rolled back. */
export async function tryDeletions(tx: Executor, key: BatchKey, refused: RefusedDeletions): Promise<void> {
  await tx.$queryRaw`with ${batchOf(key, refused)}, ${DELETED} select count(*) from deleted`;
}

function batchOf(key: BatchKey, refused: RefusedDeletions): Prisma.Sql {
  return Prisma.sql`
    batch as materialized (
      select
        b.registration_id,
        b.attempt,
        b.batch_no,
        b.mentor_ids,
        b.undo_ids,
        r.activity_type,
        r.activity_date,
        r.duration_minutes,
        r.notes,
        r.coordinator_id
      ${fromOpenBatch(key)}
        and b.undo_ids is not null
      for no key update of b
    ),
    written as materialized (
      select n, mentor_id, id, refused_with
      from batch
      cross join lateral rows from (
        unnest(mentor_ids),
        unnest(undo_ids),
        unnest(${codesLiteral(refused)}::text[])
      ) with ordinality as w (mentor_id, id, refused_with, n)
    )`;
}

/**
 * The conditions are those of the delete itself, so that they are checked again on a row that changes meanwhile. Day and
 * type come from scalar subqueries: joined with `batch`, each id would be looked for in every partition.
 */
const DELETED = Prisma.sql`
  deleted as (
    delete from activities a
    using batch, (
      select id, mentor_id
      from written
      where refused_with is null
      order by id
    ) w
    where a.id = w.id
      and a.mentor_id = w.mentor_id
      and a.activity_type = (select activity_type from batch)
      and a.activity_date = (select activity_date from batch)
      and coalesce(a.occurrence, 0) = 0
      and a.duration_minutes = batch.duration_minutes
      and a.notes is not distinct from batch.notes
      and a.coordinator_id = batch.coordinator_id
      and a.bulk_registration_id = batch.registration_id
    returning a.id
  )`;

// The keys come from scalar subqueries, as in `WRITTEN_BATCH`.
const RESULTS_AND_FENCE = Prisma.sql`
  tally as (
    select
      (select cardinality(mentor_ids) from batch) as mentors,
      count(*) as undone
    from deleted
  ),
  kept as (
    select id
    from activities
    where id = any (array(select id from written where id not in (select id from deleted)))
    -- Leaves out what another transaction has deleted meanwhile.
    for key share
  ),
  result as (
    select
      case when deleted.id is null and kept.id is not null then id else 0 end as activity_id,
      case
        when deleted.id is not null then 'undone'
        when kept.id is null then 'activity_gone'
        when written.refused_with is not null then 'delete_refused'
        else 'activity_changed'
      end as error_code
    from written
    left join deleted using (id)
    left join kept using (id)
    order by written.n
  ),
  results as (
    -- In most batches all are undone: nothing to join or sort.
    select array[0] as activity_ids, array['undone'] as error_codes
    from tally
    where undone = mentors
    union all
    select array_agg(activity_id), array_agg(error_code)
    from result
    where (select undone < mentors from tally)
    having count(*) > 0
  ),
  ${WRITTEN_BATCH},
  fence as (
    update bulk_registrations r
    set
      undone_count = r.undone_count + undone,
      kept_count = r.kept_count + mentors - undone,
      undo_pending = r.undo_pending - mentors,
      status = case when r.undo_pending = mentors then 'undone' else 'processing' end::registration_status,
      completed_at = case when r.undo_pending = mentors then clock_timestamp() end,
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
    fence.undone_count as "undoneCount",
    fence.kept_count as "keptCount",
    fence.undo_count as "undoCount",
    null as "transientErrorCode",
    null::timestamptz as "transientErrorSince"
  from batch
  left join fence on true`;
