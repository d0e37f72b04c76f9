-- Which request a client has had an answer to. A key outlives the registration that it made, so
-- registration_id is a plain value.
create table idempotency_keys (
  key text collate "C" not null,
  -- POST, or PUT with the registration it is about: the same key may serve each once.
  operation text collate "C" not null,
  request_hash bytea not null,
  registration_id bigint not null,
  attempt integer not null,
  -- created_at or updated_at of the answer that was given.
  answered_at timestamptz(6) not null,
  created_at timestamptz(6) not null default now(),
  primary key (key, operation)
);

-- For the sweeper, which drops those that have expired.
create index idempotency_keys_created_at_idx on idempotency_keys (created_at);
