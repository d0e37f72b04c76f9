-- Of a retry or an undo: where the registration stood before it, so that what each attempt did is known after its
-- results are merged. It has success_count, failure_count, undone_count and kept_count; started_at and finished_at are
-- of the attempt before. Null in rows that were written before this column.
alter table registration_history add column standing_before jsonb;
