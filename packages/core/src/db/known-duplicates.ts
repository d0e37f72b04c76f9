import { Prisma } from './generated/client.ts';

/**
 * How a batch finds the duplicates among its mentors, in the order of what that costs. Those it finds are
 * left out, or get one more by override.
 * - `list`: in a list of who has the activity already, as long as that is not too long. One who is not
 *   in it fails the statement.
 * - `look_up`: by looking up each mentor where the list is too long. One who gets the activity from somebody
 *   else in between fails the statement.
 * - `skip`: these too, by ON CONFLICT, which costs half as much again.
 */
export type DuplicateCheck = 'list' | 'look_up' | 'skip';

const LIST_LENGTH = Prisma.raw('2000');

// Of the range that the batch spans: where mentors come in their own order, it holds few others.
const LIST = Prisma.sql`
  select a.mentor_id
  from batch
  join activities a using (activity_date, activity_type)
  where a.occurrence = 0
    and a.mentor_id >= (select min(mentor_id) from mentor)
    and a.mentor_id <= (select max(mentor_id) from mentor)
  order by a.mentor_id
  limit ${LIST_LENGTH}`;

const LOOKED_UP = Prisma.sql`
  select mentor_id
  from batch
  cross join mentor
  where (
    select true
    from activities a
    where a.activity_date = batch.activity_date
      and a.activity_type = batch.activity_type
      and a.mentor_id = mentor.mentor_id
      and a.occurrence = 0
    limit 1
  )`;

const LISTED = Prisma.sql`known as materialized (${LIST})`;

/** For a few mentors, who are never worth a list. */
export const KNOWN_BY_LOOKING_UP = Prisma.sql`known as materialized (${LOOKED_UP})`;

const LISTED_OR_LOOKED_UP = Prisma.sql`
  listed as materialized (${LIST}),
  known as materialized (
    select mentor_id
    from listed
    where (select count(*) from listed) < ${LIST_LENGTH}
    union all
    ${LOOKED_UP}
      and (select count(*) from listed) = ${LIST_LENGTH}
  )`;

/** The CTE `known` (mentor_id), from `batch` and `mentor`: who has the activity already, as far as the check goes. */
export function knownDuplicates(check: DuplicateCheck): Prisma.Sql {
  return check === 'list' ? LISTED : LISTED_OR_LOOKED_UP;
}
