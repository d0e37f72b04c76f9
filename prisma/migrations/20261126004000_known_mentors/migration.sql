-- Returns those of the mentors who have the activity. A batch calls it only where there may be duplicates. In a function the day
-- is a parameter, so that of a partitioned table PostgreSQL prepares one partition and not all. Its plan is made once
-- for a connection: with the values it would be made anew each time, for the same index.
create function known_mentors(day date, type text, mentor_ids text[]) returns setof text
language plpgsql stable
set plan_cache_mode = force_generic_plan
as $$
begin
  return query
    select a.mentor_id
    from activities a
    where a.activity_date = day
      and a.activity_type = type
      and a.mentor_id = any (mentor_ids)
      and a.occurrence = 0;
end $$;
