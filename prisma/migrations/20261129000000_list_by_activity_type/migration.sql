-- For the list with a filter by activity type, and its count.
create index bulk_registrations_activity_type_created_at_id_idx
  on bulk_registrations (activity_type, created_at desc, id desc);
