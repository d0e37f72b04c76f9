-- How many registrations there are, kept instead of counted: a count reads all of them. In shards,
-- by session: requests at the same instant would wait for each other's commit at a single row.
create table registration_totals (
  shard integer primary key,
  total bigint not null
) with (fillfactor = 50);

-- Held until the count below is in: a registration in between would be missed.
lock table bulk_registrations in share row exclusive mode;

insert into registration_totals (shard, total)
select shard, case shard when 0 then (select count(*) from bulk_registrations) else 0 end
from generate_series(0, 15) as shard;

create function keep_registration_total() returns trigger language plpgsql as $$
begin
  if tg_op = 'TRUNCATE' then
    update registration_totals set total = 0;
  else
    update registration_totals
    set total = total + (select count(*) from changed) * case tg_op when 'INSERT' then 1 else -1 end
    where shard = pg_backend_pid() % 16;
  end if;
  return null;
end $$;

create trigger keep_total_at_insert after insert on bulk_registrations
  referencing new table as changed
  for each statement execute function keep_registration_total();

create trigger keep_total_at_delete after delete on bulk_registrations
  referencing old table as changed
  for each statement execute function keep_registration_total();

create trigger keep_total_at_truncate after truncate on bulk_registrations
  for each statement execute function keep_registration_total();
