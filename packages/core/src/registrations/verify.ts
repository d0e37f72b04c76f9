import type { RegistrationStatus, VerificationCheck, VerificationResponse } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import type { ReadDeps } from '../deps.ts';
import { oneOfFewPages } from './details-lists.ts';
import { formatRegistrationId } from './ids.ts';
import { registrationNotFound } from './refusals.ts';

/**
 * Counts the results and activities of a registration again, and compares them with its counters. It changes
 * nothing. An activity that somebody deleted or gave to another mentor does not agree.
 *
 * @throws AppError `registration_not_found`
 */
export async function verifyRegistration({ db }: ReadDeps, id: bigint): Promise<VerificationResponse> {
  const counts = await oneOfFewPages(() => countAgain(db.prisma, id));
  if (counts === null) throw registrationNotFound(id);
  const { status, mentorCount, success, failure, undone, kept } = counts.recorded;
  const { counted } = counts;
  const checks = [
    compared('mentors', mentorCount, counted.mentors),
    compared('successes', success, counted.success),
    compared('failures', failure, counted.failed),
    compared('undone', undone, counted.undone),
    compared('kept', kept, counted.kept),
    compared('not_done', mentorCount - success - failure - undone - kept, counted.notDone),
    compared('activities', success, counted.activities),
    compared('activities_without_result', 0, counted.activitiesWithoutResult),
  ];
  return { id: formatRegistrationId(id), status, agrees: checks.every(({ agrees }) => agrees), checks };
}

function compared(check: VerificationCheck, recorded: number, counted: number) {
  return { check, recorded, counted, agrees: recorded === counted };
}

interface Counts {
  recorded: {
    status: RegistrationStatus;
    mentorCount: number;
    success: number;
    failure: number;
    undone: number;
    kept: number;
  };
  counted: {
    mentors: number;
    success: number;
    failed: number;
    undone: number;
    kept: number;
    notDone: number;
    activities: number;
    activitiesWithoutResult: number;
  };
}

/**
 * Reads all in one statement, so that it is the state of one moment. `offset 0` keeps each look-up on its index:
 * the planner takes 100,000 results for few, and would compare all with all. null: there is no such registration.
 */
async function countAgain(db: Executor, id: bigint): Promise<Counts | null> {
  const rows = await db.$queryRaw<Counts[]>`
    with registration as materialized (
      select *
      from bulk_registrations
      where id = ${id}::bigint
    ),
    result as materialized (
      select mentor_id, status, activity_id
      from registration_results
      where registration_id = ${id}::bigint
    ),
    tally as (
      select
        count(*) as mentors,
        count(*) filter (where status = 'success') as success,
        count(*) filter (where status = 'failed') as failed,
        count(*) filter (where status = 'undone') as undone,
        count(*) filter (where status = 'kept') as kept,
        count(*) filter (where status in ('pending', 'cancelled')) as not_done
      from result
    ),
    existing as (
      select count(*) as activities
      from registration r
      cross join result
      cross join lateral (
        select
        from activities a
        where a.id = result.activity_id
          and a.activity_date = r.activity_date
          and a.mentor_id = result.mentor_id
          and a.bulk_registration_id = r.id
        union all
        -- Only if its day was changed: an id alone is looked for in every partition.
        select
        from activities a
        where a.id = result.activity_id
          and a.activity_date <> r.activity_date
          and a.mentor_id = result.mentor_id
          and a.bulk_registration_id = r.id
        limit 1
      ) activity
      where result.status = 'success'
    ),
    -- By a result, or by a batch of an undo that has still to delete it.
    named as (
      select activity_id as id
      from result
      where activity_id is not null
      union all
      select unnest(b.undo_ids)
      from registration r
      join registration_batches b
        on b.registration_id = r.id
        and b.attempt = r.attempt
      where r.status = 'processing'
        and b.processed_at is null
    ),
    written as (
      select activity.id
      from registration r
      cross join result
      cross join lateral (
        select a.id
        from activities a
        where a.activity_date = r.activity_date
          and a.activity_type = r.activity_type
          and a.mentor_id = result.mentor_id
          and a.bulk_registration_id = r.id
        offset 0
      ) activity
    ),
    unnamed as (
      select id
      from (
        select id, true as is_written from written
        union all
        select id, false from named
      ) either_of_them
      group by id
      having bool_and(is_written)
    )
    select
      json_build_object(
        'status', r.status,
        'mentorCount', r.mentor_count,
        'success', r.success_count,
        'failure', r.failure_count,
        'undone', r.undone_count,
        'kept', r.kept_count
      ) as recorded,
      json_build_object(
        'mentors', mentors,
        'success', success,
        'failed', failed,
        'undone', undone,
        'kept', kept,
        'notDone', not_done,
        'activities', activities,
        'activitiesWithoutResult', (select count(*) from unnamed)
      ) as counted
    from registration r
    cross join tally
    cross join existing`;
  return rows[0] ?? null;
}
