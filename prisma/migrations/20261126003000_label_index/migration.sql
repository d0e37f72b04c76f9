-- For the list with this filter. A registration without a label costs nothing; a batch updates none of these columns, so
-- its updates stay in the page (HOT). Made by one read of the registrations: about a second for a million.
-- squawk-ignore require-concurrent-index-creation
create index bulk_registrations_label_created_at_id_idx
  on bulk_registrations (label, created_at desc, id desc)
  where label is not null;
