create type webhook_delivery_status as enum ('pending', 'delivered', 'failed');

-- The events of registrations, and what became of each: an outbox. The statement that gives a registration its final
-- status writes the row. Without a foreign key: what happened is told also when the registration is deleted.
create table webhook_deliveries (
  -- In the order of the events of a registration: the statement that takes the id holds the lock of its row.
  id bigserial primary key,
  -- The header webhook-id: the same in every attempt.
  message_id uuid not null default gen_random_uuid(),
  registration_id bigint not null,
  type text not null,
  -- Of the body, without the id.
  data json not null,
  status webhook_delivery_status not null default 'pending',
  -- Begun since it was written, or asked for again.
  attempts integer not null default 0,
  -- A fencing token: only the worker that claimed it last may write what became of it.
  generation integer not null default 0,
  -- When the next attempt may begin. While one runs: until when its worker has the delivery.
  due_at timestamptz(6) not null default clock_timestamp(),
  -- No attempt is planned beyond it.
  expires_at timestamptz(3) not null,
  last_http_status integer,
  last_error text,
  created_at timestamptz(3) not null default clock_timestamp(),
  finished_at timestamptz(3),

  constraint finished_delivery_has_a_finish_time check ((status = 'pending') = (finished_at is null))
);

create index webhook_deliveries_registration_id_id_idx on webhook_deliveries (registration_id, id);

-- For the workers.
create index webhook_deliveries_due_idx on webhook_deliveries (due_at) where status = 'pending';

-- For the sweeper, which deletes old ones.
create index webhook_deliveries_finished_at_idx on webhook_deliveries (finished_at) where finished_at is not null;
