import type { Deps } from '../deps.ts';

/**
 * What must hold at any moment, read in one snapshot: the view, the counters, the batches and the
 * activities tell the same story. Returns what does not, in words.
 */
export async function findInconsistencies({ db }: Pick<Deps, 'db'>): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<Array<{ fault: string; id: bigint }>>`
    with counted as (
      select
        r.id,
        r.status,
        r.mentor_count,
        r.success_count,
        r.failure_count,
        r.undone_count,
        r.kept_count,
        r.undo_pending,
        count(*) as results,
        count(*) filter (where v.status = 'success') as successes,
        count(*) filter (where v.status = 'failed') as failures,
        count(*) filter (where v.status = 'undone') as undone,
        count(*) filter (where v.status = 'kept') as kept,
        count(*) filter (where v.status = 'pending') as pending,
        count(*) filter (where v.status = 'cancelled') as cancelled
      from bulk_registrations r
      join registration_results v on v.registration_id = r.id
      group by r.id
    )
    select 'the view has another number of mentors' as fault, id from counted where results <> mentor_count
    union all
    select 'the successes differ', id from counted where successes <> success_count
    union all
    select 'the failures differ', id from counted where failures <> failure_count
    union all
    select 'the undone differ', id from counted where undone <> undone_count
    union all
    select 'the kept differ', id from counted where kept <> kept_count
    union all
    select 'finished, but mentors are cancelled', id
    from counted where status in ('completed', 'failed') and cancelled > 0
    union all
    select 'over, but mentors are pending', id
    from counted where status <> 'processing' and pending > 0
    union all
    select 'processing, but nothing is pending', id
    from counted where status = 'processing' and pending = 0
    union all
    select 'an undo has another number of pending mentors', id
    from counted where undo_pending > 0 and undo_pending <> pending
    union all
    select 'a success has no activity of its mentor', v.registration_id
    from registration_results v
    left join activities a
      on a.id = v.activity_id
      and a.mentor_id = v.mentor_id
      and a.bulk_registration_id = v.registration_id
    where v.status = 'success' and a.id is null
    union all
    select 'an activity belongs to no success', a.bulk_registration_id
    from activities a
    join bulk_registrations r on r.id = a.bulk_registration_id
    left join registration_results v
      on v.registration_id = a.bulk_registration_id
      and v.activity_id = a.id
    where v.activity_id is null
      and not exists (
        select from registration_batches b
        where b.registration_id = r.id
          and b.attempt = r.attempt
          and b.processed_at is null
          and r.status = 'processing'
          and a.id = any (b.undo_ids)
      )
    union all
    select 'the kept total of registrations differs', 0
    where (select count(*) from bulk_registrations) <> (select sum(total) from registration_totals)
    union all
    select 'a mentor has two activities of one registration', bulk_registration_id
    from activities
    group by bulk_registration_id, mentor_id
    having count(*) > 1
    union all
    select 'a mentor has the activity twice', min(bulk_registration_id)
    from activities
    where occurrence = 0
    group by activity_date, activity_type, mentor_id
    having count(*) > 1
    union all
    select 'a position is in two batches of one attempt', registration_id
    from registration_entries
    group by registration_id, attempt, position
    having count(*) > 1
    union all
    select 'a batch has another number of results than mentors', registration_id
    from registration_batches
    where cardinality(activity_ids) not in (1, cardinality(mentor_ids))
      or cardinality(error_codes) not in (1, cardinality(mentor_ids))
    union all
    select 'a retry has another mentor at a position', registration_id
    from registration_entries
    group by registration_id, position
    having count(distinct mentor_id) > 1`;
  return rows.map(({ fault, id }) => `${id}: ${fault}`);
}
