-- The workers, and when each was seen last. A worker writes its own row every few seconds.
create table workers (
  id uuid primary key,
  host_name text not null,
  pid integer not null,
  version text not null,
  started_at timestamptz(3) not null default clock_timestamp(),
  seen_at timestamptz(3) not null default clock_timestamp()
);
