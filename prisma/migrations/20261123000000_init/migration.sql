-- Mentor ids compare by bytes (collate "C"): one order for every session, and the cheapest one.

create type registration_status as enum ('processing', 'completed', 'failed', 'cancelled');

create table bulk_registrations (
  id bigserial primary key,
  coordinator_id text not null,
  activity_type text not null,
  activity_date date not null,
  duration_minutes integer not null,
  notes text,
  mentor_ids text[] collate "C" not null,
  mentor_count integer not null,
  status registration_status not null default 'processing',
  attempt integer not null default 1,
  ring integer not null default 1,
  success_count integer not null default 0,
  failure_count integer not null default 0,
  last_error text,
  last_error_at timestamptz(6),
  created_at timestamptz(6) not null default now(),
  updated_at timestamptz(6) not null default now(),
  completed_at timestamptz(6),

  constraint counts_stay_in_range check (
    mentor_count > 0
    and success_count >= 0
    and failure_count >= 0
    and success_count + failure_count <= mentor_count
  ),
  constraint finished_has_a_finish_time check ((status = 'processing') = (completed_at is null)),
  constraint processing_has_pending_mentors check (
    status <> 'processing' or success_count + failure_count < mentor_count
  ),
  constraint completed_has_a_success check (
    status <> 'completed' or (success_count > 0 and success_count + failure_count = mentor_count)
  ),
  constraint failed_has_no_success check (status <> 'failed' or failure_count = mentor_count),
  constraint last_error_has_a_time check ((last_error is null) = (last_error_at is null))
) with (fillfactor = 70); -- room for the counter updates to stay in the page (HOT)

-- The counters stand in no index, or every batch would write to it.
create index bulk_registrations_created_at_id_idx
  on bulk_registrations (created_at desc, id desc);

create index bulk_registrations_coordinator_id_created_at_id_idx
  on bulk_registrations (coordinator_id, created_at desc, id desc);

-- What the sweeper reads: few rows, however many registrations there are.
create index bulk_registrations_processing_idx
  on bulk_registrations (id) where status = 'processing';

create table registration_attempts (
  registration_id bigint not null references bulk_registrations (id) on update cascade on delete cascade,
  attempt integer not null,
  positions integer[],
  override_duplicates boolean not null,
  batch_size integer not null check (batch_size > 0),
  requested_at timestamptz(6) not null default now(),
  primary key (registration_id, attempt)
);

create table registration_batches (
  registration_id bigint not null references bulk_registrations (id) on update cascade on delete cascade,
  attempt integer not null,
  batch_no integer not null,
  positions integer[] not null,
  activity_ids bigint[] not null,
  error_codes text[] not null,
  success_count integer not null,
  failure_count integer not null,
  processed_at timestamptz(6) not null default now(),
  primary key (registration_id, attempt, batch_no)
);

-- bulk_registration_id is a plain value: deleting a registration never touches its activities,
-- and a foreign key would be checked once a row.
create table activities (
  id bigserial primary key,
  mentor_id text collate "C" not null,
  activity_type text collate "C" not null,
  activity_date date not null,
  occurrence integer default 0,
  duration_minutes integer not null,
  notes text,
  coordinator_id text not null,
  bulk_registration_id bigint not null,
  created_at timestamptz(6) not null default now(),

  -- Date first: a registration then fills one dense range of the index.
  -- Occurrence 0 is the activity; null is one more, by override (nulls are distinct).
  constraint activities_once_per_mentor unique (activity_date, activity_type, mentor_id, occurrence)
);

create table sweeps (
  id integer primary key default 1 check (id = 1),
  swept_at timestamptz(6) not null
);

insert into sweeps (swept_at) values ('-infinity');

-- The fence: a batch casts the number of registration rows it updated to this domain, so that a
-- batch of a registration that is cancelled, deleted or on another attempt fails as a whole.
create domain registration_is_ours as integer
  constraint registration_is_ours check (value = 1);

-- One row a mentor, for people. The latest attempt wins, and a mentor on the current attempt's
-- work list without a result of that attempt is pending, or cancelled with its registration.
create view registration_results as
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
  nullif(latest.activity_id, 0) as activity_id,
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
  select distinct on (b.registration_id, e.position)
    b.registration_id,
    b.attempt,
    b.processed_at,
    e.position,
    e.activity_id,
    e.error_code
  from registration_batches b
  cross join lateral unnest(b.positions, b.activity_ids, b.error_codes)
    as e (position, activity_id, error_code)
  order by b.registration_id, e.position, b.attempt desc
) latest
  on latest.registration_id = r.id
  and latest.position = m.position;
