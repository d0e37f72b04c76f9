-- Who asked for what: the name of a key, the subject of a token, or anonymous where the API is open.
alter table bulk_registrations add column created_by text not null default 'anonymous';

-- What was asked of a registration after it was accepted. Without a foreign key: a deletion stays on record.
create table registration_history (
  id bigserial primary key,
  registration_id bigint not null,
  action text not null check (action in ('retried', 'cancelled', 'deleted')),
  actor text not null,
  -- Of a retry: how many mentors, and whether they get one more activity.
  mentor_count integer,
  override_duplicates boolean,
  at timestamptz(3) not null default clock_timestamp()
);

create index registration_history_registration_id_id_idx on registration_history (registration_id, id);
