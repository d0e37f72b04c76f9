import { LIMITS } from '@bulk/contract';
import { textArray } from '../database/array-literal.ts';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import type { ReadDeps } from '../deps.ts';

/** Different values that are looked at, from the text on. They may lie apart, as the database's collation orders them. */
const VALUES = 200;

/** The latest registrations of each coordinator of a scope, whose types are looked at, and of all of them. */
const TYPES_OF_EACH = 100;
const TYPES_OF_ALL = 5_000;

/** Finds coordinators that begin with the text. Those of a scope are known without asking. */
export async function findCoordinators({ db, caller }: ReadDeps, text: string): Promise<string[]> {
  if (caller.coordinatorIds === null) {
    return findPrefixed(db.prisma, Prisma.sql`coordinator_id`, text);
  }
  return caller.coordinatorIds
    .filter((id) => id.startsWith(text))
    .toSorted()
    .slice(0, LIMITS.searchHits);
}

/** Finds activity types that begin with the text; with a scope, those of the latest registrations of its coordinators. */
export async function findActivityTypes({ db, caller }: ReadDeps, text: string): Promise<string[]> {
  if (caller.coordinatorIds === null) {
    return findPrefixed(db.prisma, Prisma.sql`activity_type`, text);
  }
  const rows = await db.prisma.$queryRaw<Array<{ value: string }>>`
    select distinct latest.activity_type as value
    from (
      select each.activity_type
      from unnest(${textArray(caller.coordinatorIds)}::text[]) as scope (coordinator_id)
      cross join lateral (
        select activity_type
        from bulk_registrations r
        where r.coordinator_id = scope.coordinator_id
        order by created_at desc, id desc
        limit ${TYPES_OF_EACH}::integer
      ) each
      limit ${TYPES_OF_ALL}::integer
    ) latest
    where starts_with(latest.activity_type, ${text})
    order by value
    limit ${LIMITS.searchHits}::integer`;
  return rows.map(({ value }) => value);
}

/** Goes from each value of an indexed column to the next one (https://wiki.postgresql.org/wiki/Loose_indexscan). */
async function findPrefixed(db: Executor, column: Prisma.Sql, text: string): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ value: string }>>`
    with recursive walk as (
      (
        select ${column} as value, 1 as walked
        from bulk_registrations
        where ${column} >= ${text}
        order by ${column}
        limit 1
      )
      union all
      select next.value, walk.walked + 1
      from walk
      cross join lateral (
        select ${column} as value
        from bulk_registrations
        where ${column} > walk.value
        order by ${column}
        limit 1
      ) next
      where walk.walked < ${VALUES}::integer
    )
    select value
    from walk
    where starts_with(value, ${text})
    limit ${LIMITS.searchHits}::integer`;
  return rows.map(({ value }) => value);
}
