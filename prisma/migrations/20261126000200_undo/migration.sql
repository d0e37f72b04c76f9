-- An undo is an attempt that deletes the activities of a registration, batch by batch.
alter table bulk_registrations
  -- Mentors whose activity an undo has deleted.
  add column undone_count integer not null default 0,
  -- Mentors whose activity an undo has left, because it was changed, gone, or the database refused to delete it.
  add column kept_count integer not null default 0,
  -- Mentors of the current undo whose batch is not written. A cancel counts them as successes again.
  add column undo_pending integer not null default 0,
  -- How many of the attempts were undos.
  add column undo_count integer not null default 0,

  add constraint undo_counts_stay_in_range check (
    undone_count >= 0
    and kept_count >= 0
    and undo_pending >= 0
    and undo_count between 0 and attempt - 1
    and success_count + failure_count + undone_count + kept_count + undo_pending <= mentor_count
  ),
  add constraint pending_undo_is_processing check (
    undo_pending = 0 or (status = 'processing' and success_count = 0)
  ),
  add constraint undone_has_no_success check (
    status <> 'undone' or (success_count = 0 and undone_count + kept_count > 0)
  );

alter table registration_batches
  -- Of a batch of an undo: the activities to delete, one a mentor. Null in all other batches.
  add column undo_ids bigint[],
  add constraint undo_has_one_activity_a_mentor check (
    undo_ids is null or cardinality(undo_ids) = cardinality(mentor_ids)
  ),
  -- Also keeps a worker of an earlier version from taking the batch for one of a retry.
  add constraint undo_has_results_of_an_undo check (
    undo_ids is null
    or error_codes <@ array['undone', 'activity_changed', 'activity_gone', 'delete_refused']
  );

alter table registration_batches alter column undo_ids set storage external;

alter table registration_history
  drop constraint registration_history_action_check,
  add constraint registration_history_action_check check (
    action in ('retried', 'cancelled', 'undone', 'deleted')
  );

create or replace view registration_entries as
select
  b.registration_id,
  b.attempt,
  b.batch_no,
  coalesce(entry.position, b.first_position + entry.n::integer - 1) as position,
  entry.mentor_id,
  coalesce(entry.activity_id, b.activity_ids[1] + entry.n - 1) as activity_id,
  coalesce(entry.error_code, b.error_codes[1]) as error_code,
  b.processed_at,
  b.undo_ids is not null as is_undo
from registration_batches b
cross join lateral rows from (
  unnest(b.mentor_ids),
  unnest(b.positions),
  unnest(b.activity_ids),
  unnest(b.error_codes)
) with ordinality as entry (mentor_id, position, activity_id, error_code, n);

-- An undo that was cancelled leaves the result as it was where its batch is not written.
create or replace view registration_results as
select
  latest.registration_id,
  latest.position,
  latest.mentor_id,
  case
    when latest.error_code = '' then 'success'
    when latest.error_code in ('undone', 'cancelled') then latest.error_code
    when latest.error_code in ('activity_changed', 'activity_gone', 'delete_refused') then 'kept'
    when latest.error_code is not null then 'failed'
    when latest.is_processing then 'pending'
    else 'cancelled'
  end as status,
  case when latest.error_code in ('', 'activity_changed', 'delete_refused') then latest.activity_id end as activity_id,
  case when latest.error_code not in ('', 'undone', 'cancelled') then latest.error_code end as error_code
from (
  select distinct on (e.registration_id, e.position)
    e.registration_id,
    e.position,
    e.mentor_id,
    e.activity_id,
    e.error_code,
    r.status = 'processing' and r.attempt = e.attempt as is_processing
  from registration_entries e
  join bulk_registrations r on r.id = e.registration_id
  where r.status = 'processing' or not e.is_undo or e.error_code is not null
  order by e.registration_id, e.position, e.attempt desc
) latest;
