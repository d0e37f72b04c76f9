-- A ledger row may leave out what follows from the first value of an array: positions and activity
-- ids that are consecutive, error codes that are all alike. Written out, the arrays of 1,000 mentors
-- take 20 kB, which each reading of the results takes apart again.

-- The ledger with all of it spelled out, one row a mentor and attempt.
create view registration_entries as
select
  b.registration_id,
  b.attempt,
  b.batch_no,
  coalesce(entry.position, b.positions[1] + entry.n - 1) as position,
  coalesce(entry.activity_id, b.activity_ids[1] + entry.n - 1) as activity_id,
  coalesce(entry.error_code, b.error_codes[1]) as error_code,
  b.processed_at
from registration_batches b
cross join lateral rows from (
  generate_series(1, b.success_count + b.failure_count),
  unnest(b.positions),
  unnest(b.activity_ids),
  unnest(b.error_codes)
) as entry (n, position, activity_id, error_code);

create or replace view registration_results as
select
  r.id as registration_id,
  m.position::integer as position,
  m.mentor_id,
  case
    when latest.attempt is null or (latest.attempt < r.attempt and todo.position is not null)
      then case r.status when 'cancelled' then 'cancelled' else 'pending' end
    when latest.error_code = '' then 'success'
    else 'failed'
  end as status,
  case when latest.error_code = '' then latest.activity_id end as activity_id,
  case
    when latest.attempt < r.attempt and todo.position is not null then null
    else nullif(latest.error_code, '')
  end as error_code,
  latest.attempt,
  latest.processed_at
from bulk_registrations r
cross join lateral unnest(r.mentor_ids) with ordinality as m (mentor_id, position)
left join (
  select a.registration_id, a.attempt, work.position
  from registration_attempts a
  cross join lateral unnest(a.positions) as work (position)
) todo
  on todo.registration_id = r.id
  and todo.attempt = r.attempt
  and todo.position = m.position
left join (
  select distinct on (e.registration_id, e.position)
    e.registration_id,
    e.attempt,
    e.processed_at,
    e.position,
    e.activity_id,
    e.error_code
  from registration_entries e
  order by e.registration_id, e.position, e.attempt desc
) latest
  on latest.registration_id = r.id
  and latest.position = m.position;
