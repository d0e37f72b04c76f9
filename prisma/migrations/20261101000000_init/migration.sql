-- Mentor ids compare by bytes (collate "C"): one order for every session, and the cheapest one.

create type registration_status as enum ('processing', 'completed', 'failed', 'cancelled');

-- What was asked for and where it stands. The mentors are in registration_batches, so a row is small.
create table bulk_registrations (
  id bigserial primary key,
  coordinator_id text not null,
  activity_type text not null,
  activity_date date not null,
  duration_minutes integer not null,
  notes text,
  mentor_count integer not null,
  -- Of the latest attempt.
  override_duplicates boolean not null,
  status registration_status not null default 'processing',
  attempt integer not null default 1,
  -- Of the job that may run the current attempt: a fencing token.
  generation integer not null default 1,
  success_count integer not null default 0,
  failure_count integer not null default 0,
  transient_error text,
  transient_error_since timestamptz(6),
  -- When the sweeper found the current job in a worker's hands. Void once updated_at is later.
  taken_since timestamptz(6),
  -- Milliseconds, so that JavaScript reads it exactly: pages of the list begin after it.
  created_at timestamptz(3) not null default now(),
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
  constraint transient_error_has_a_time check ((transient_error is null) = (transient_error_since is null))
) with (fillfactor = 50); -- room for the updates of a batch to stay in the page (HOT)

-- No index has success_count or updated_at, or each batch would write to it. Those that have failure_count and
-- status are left as they are by a batch in which nobody fails and with which nothing ends.
create index bulk_registrations_created_at_id_idx
  on bulk_registrations (created_at desc, id desc);

create index bulk_registrations_coordinator_id_created_at_id_idx
  on bulk_registrations (coordinator_id, created_at desc, id desc);

create index bulk_registrations_activity_type_created_at_id_idx
  on bulk_registrations (activity_type, created_at desc, id desc);

create index bulk_registrations_status_created_at_id_idx
  on bulk_registrations (status, created_at desc, id desc);

create index bulk_registrations_activity_date_idx
  on bulk_registrations (activity_date);

create index bulk_registrations_failures_idx
  on bulk_registrations (activity_type, created_at desc, id desc)
  where failure_count > 0;

-- For the sweeper: few rows, however many registrations there are.
create index bulk_registrations_processing_idx
  on bulk_registrations (id) where status = 'processing';

-- One row a batch: its mentors, cut when the registration or the retry is accepted, and later their
-- results. There are batches of the first attempt, which has every mentor, and of the current one; the results
-- of a retry are merged into the first attempt when the next retry begins. Where a value follows from the first one it is left out: positions are null when they run from
-- first_position to last_position; one activity id stands for ids that are consecutive, one error code for
-- codes that are all the same. The view registration_results shows all of it.
create table registration_batches (
  registration_id bigint not null references bulk_registrations (id) on update cascade on delete cascade,
  attempt integer not null,
  batch_no integer not null,
  -- 1-based places in the mentor_ids of the request, ascending.
  first_position integer not null,
  last_position integer not null,
  positions integer[],
  mentor_ids text[] collate "C" not null,
  -- 0 where no activity was written. Null, like all below, until the batch is written.
  activity_ids bigint[],
  -- Empty where the mentor succeeded.
  error_codes text[],
  processed_at timestamptz(6),
  primary key (registration_id, attempt, batch_no),

  constraint positions_match_mentors check (
    cardinality(mentor_ids) = coalesce(cardinality(positions), last_position - first_position + 1)
  ),
  constraint written_has_results check (
    (processed_at is null) = (activity_ids is null) and (processed_at is null) = (error_codes is null)
  )
) with (fillfactor = 50); -- the results are added by an update, which then stays in the page (HOT)

-- Compressing the arrays would cost more than all else a batch writes beside the activities. Kept outside
-- the row they are not rewritten when the results are added.
alter table registration_batches
  alter column mentor_ids set storage external,
  alter column positions set storage external,
  alter column activity_ids set storage external,
  alter column error_codes set storage external;

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

-- The answer that each idempotency key has had. A key outlives the registration that it made, so
-- registration_id is a plain value.
create table idempotency_keys (
  key text collate "C" not null,
  -- POST, or PUT with the registration it is about: the same key may serve each once.
  operation text collate "C" not null,
  request_hash bytea not null,
  registration_id bigint not null,
  attempt integer not null,
  -- created_at or updated_at of the answer that was given.
  answered_at timestamptz(3) not null,
  created_at timestamptz(6) not null default now(),
  primary key (key, operation)
);

-- For the sweeper, which deletes expired keys.
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);

create table sweeps (
  id integer primary key default 1 check (id = 1),
  -- When the last sweep ended. In the future: until when the sweep under way is claimed.
  swept_at timestamptz(6) not null,
  -- The registration after which the next one goes on; 0: it begins with the oldest.
  after_id bigint not null default 0
);

insert into sweeps (swept_at) values ('-infinity');

-- The fence: a batch casts the number of registration rows it updated to this domain, so that a
-- batch of a registration that is cancelled, deleted or on another attempt fails as a whole.
create domain registration_is_ours as integer
  constraint registration_is_ours check (value = 1);

-- The number of registrations, kept instead of counted: a count reads all of them. In 16 rows, chosen by
-- session: at a single row requests would wait for each other's commit.
create table registration_totals (
  shard integer primary key,
  total bigint not null
) with (fillfactor = 50);

insert into registration_totals (shard, total) select shard, 0 from generate_series(0, 15) as shard;

create function keep_registration_total() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    update registration_totals set total = 0;
  else
    update registration_totals
    set total = total + (select count(*) from changed) * case tg_op when 'INSERT' then 1 else -1 end
    where shard = pg_backend_pid() % 16;
  end if;
  return null;
end $$;

create trigger keep_total_at_insert after insert on bulk_registrations
  referencing new table as changed
  for each statement execute function keep_registration_total();

create trigger keep_total_at_delete after delete on bulk_registrations
  referencing old table as changed
  for each statement execute function keep_registration_total();

create trigger keep_total_at_truncate after truncate on bulk_registrations
  for each statement execute function keep_registration_total();

-- One row a mentor and attempt. error_code is null until the batch is written.
create view registration_entries as
select
  b.registration_id,
  b.attempt,
  b.batch_no,
  coalesce(entry.position, b.first_position + entry.n::integer - 1) as position,
  entry.mentor_id,
  coalesce(entry.activity_id, b.activity_ids[1] + entry.n - 1) as activity_id,
  coalesce(entry.error_code, b.error_codes[1]) as error_code,
  b.processed_at
from registration_batches b
cross join lateral rows from (
  unnest(b.mentor_ids),
  unnest(b.positions),
  unnest(b.activity_ids),
  unnest(b.error_codes)
) with ordinality as entry (mentor_id, position, activity_id, error_code, n);

-- One row a mentor, for people who query the database; the service itself does not read it. The current
-- attempt wins over the first one, which has the results of all attempts between them.
create view registration_results as
select
  r.id as registration_id,
  latest.position,
  latest.mentor_id,
  case
    when latest.error_code = '' then 'success'
    when latest.error_code is not null then 'failed'
    when r.status = 'cancelled' then 'cancelled'
    else 'pending'
  end as status,
  case when latest.error_code = '' then latest.activity_id end as activity_id,
  nullif(latest.error_code, '') as error_code
from bulk_registrations r
join (
  select distinct on (registration_id, position) *
  from registration_entries
  order by registration_id, position, attempt desc
) latest on latest.registration_id = r.id;
