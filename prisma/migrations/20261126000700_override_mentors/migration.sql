alter table registration_batches
  -- Mentors of the batch who get one more activity if they have it already, as the request said. Null: none.
  -- A worker of an earlier version does not read it, and fails them as duplicates; a retry with override mends that.
  add column override_ids text[] collate "C";

alter table registration_batches alter column override_ids set storage external;
