-- For the list of those with failures, and its count. Of the counters failure_count alone may stand in
-- an index: a batch in which nobody fails leaves it as it is, and its update stays in the page (HOT).
create index bulk_registrations_failures_idx
  on bulk_registrations (activity_type, created_at desc, id desc)
  where failure_count > 0;
