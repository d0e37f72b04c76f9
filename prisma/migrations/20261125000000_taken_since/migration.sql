-- Since when the sweeper has found the current message in a worker's hands. Void once updated_at is
-- later: then something has moved since.
alter table bulk_registrations add column taken_since timestamptz(6);
