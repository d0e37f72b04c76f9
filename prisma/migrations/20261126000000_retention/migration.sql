-- For the sweeper, which deletes what ended long ago: registrations, and the history of those that somebody deleted.
create index bulk_registrations_completed_at_idx
  on bulk_registrations (completed_at) where completed_at is not null;

create index registration_history_deleted_at_idx
  on registration_history (at) where action = 'deleted';
