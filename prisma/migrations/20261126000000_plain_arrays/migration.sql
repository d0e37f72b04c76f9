-- Compressing these arrays costs more time than all else a batch writes beside the activities, and
-- reading a slice of mentor_ids costs less from what is not compressed.
alter table bulk_registrations
  alter column mentor_ids set storage external;

alter table registration_batches
  alter column positions set storage external,
  alter column activity_ids set storage external,
  alter column error_codes set storage external;
