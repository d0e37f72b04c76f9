-- What people, and other systems, call a registration.
alter table bulk_registrations
  add column label text,
  -- Chosen by the caller; once for each coordinator. A deleted registration frees it.
  add column external_reference text collate "C";

-- A batch updates none of these columns, so its updates stay in the page (HOT). It is made in a moment: no row has a
-- reference yet.
-- squawk-ignore require-concurrent-index-creation
create unique index external_reference_once_per_coordinator
  on bulk_registrations (external_reference, coordinator_id)
  where external_reference is not null;
