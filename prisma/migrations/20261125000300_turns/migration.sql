-- When a registration with more than one batch goes on: the lowest turn first, one a coordinator.
-- null: its first batch is not written.
alter table bulk_registrations add column turn integer;

-- Small registrations never have a turn, so they cost these nothing.
create index bulk_registrations_turn on bulk_registrations (turn)
  where status = 'processing' and turn is not null;

create index bulk_registrations_turn_of_coordinator on bulk_registrations (coordinator_id, turn)
  where status = 'processing' and turn is not null;
