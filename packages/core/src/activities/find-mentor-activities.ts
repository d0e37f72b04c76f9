import { andInScope } from '../access/scope.ts';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import type { ActivityCursor } from './activity-cursor.ts';
import type { ActivityRow } from './to-activity.ts';

export interface MentorActivitiesRequest {
  mentorId: string;
  /** YYYY-MM-DD, the first and the last day. */
  from: string;
  to: string;
  /** null: from the beginning. */
  after: ActivityCursor | null;
  limit: number;
  /** The scope of the caller; null: all coordinators. */
  ofCoordinators: readonly string[] | null;
  /** Pairs of day and type that are looked at. */
  maxPairs: number;
}

export interface FoundActivities {
  rows: ActivityRow[];
  /** Where to go on; null at the end. */
  next: ActivityCursor | null;
}

/**
 * Finds the activities of a mentor, the latest day first. No index begins with the mentor, because each index slows
 * the batches down. The unique index begins with day and type: the statement goes from one pair of these to the
 * next, and looks the mentor up in each (https://wiki.postgresql.org/wiki/Loose_indexscan). A pair costs about
 * 20 µs, however many activities it has.
 */
export async function findMentorActivities(
  db: Executor,
  { mentorId, from, to, after, limit, ofCoordinators, maxPairs }: MentorActivitiesRequest,
): Promise<FoundActivities> {
  const [fromPair, fromActivity] = after === null ? [Prisma.empty, Prisma.empty] : startOf(after);
  // PostgreSQL walks only as far as the limit needs, and in the order of the walk.
  const rows = await db.$queryRaw<FoundRow[]>`
    with recursive pair as (
      (
        select activity_date, activity_type, 1 as walked
        from activities
        where activity_date between ${from}::date and ${to}::date
          ${fromPair}
        order by activity_date desc, activity_type desc
        limit 1
      )
      union all
      select earlier.activity_date, earlier.activity_type, pair.walked + 1
      from pair
      cross join lateral (
        select activity_date, activity_type
        from activities
        where (activity_date, activity_type) < (pair.activity_date, pair.activity_type)
          -- Follows from the above; leaves out the partitions of later months.
          and activity_date <= pair.activity_date
          and activity_date >= ${from}::date
        order by activity_date desc, activity_type desc
        limit 1
      ) earlier
      where pair.walked < ${maxPairs}::integer
    )
    select
      pair.walked = ${maxPairs}::integer as "isLastPair",
      pair.activity_date::text as "activityDate",
      pair.activity_type as "activityType",
      activity.*
    from pair
    left join lateral (
      select
        id,
        mentor_id as "mentorId",
        occurrence,
        duration_minutes as "durationMinutes",
        notes,
        coordinator_id as "coordinatorId",
        bulk_registration_id as "bulkRegistrationId",
        created_at as "createdAt"
      from activities
      where activity_date = pair.activity_date
        and activity_type = pair.activity_type
        and mentor_id = ${mentorId}
        ${andInScope(ofCoordinators)}
        ${fromActivity}
      order by id desc
    ) activity on true
    where activity.id is not null
      or pair.walked = ${maxPairs}::integer
    limit ${limit + 1}::integer`;
  const found = rows.filter(isActivity);
  const shown = found.slice(0, limit);
  const end = found.length > limit ? shown.at(-1) : rows.at(-1);
  const hasMore = found.length > limit || end?.isLastPair === true;
  return { rows: shown, next: end !== undefined && hasMore ? { ...end, id: end.id ?? 0n } : null };
}

/** A row without an id stands for the last pair, where the mentor has no activity. */
type FoundRow = (({ id: null } & Pick<ActivityRow, 'activityDate' | 'activityType'>) | ActivityRow) & {
  isLastPair: boolean;
};

function isActivity(row: FoundRow): row is ActivityRow & { isLastPair: boolean } {
  return row.id !== null;
}

/** The conditions on the first pair and on its activities. */
function startOf({ activityDate, activityType, id }: ActivityCursor): [Prisma.Sql, Prisma.Sql] {
  return [
    Prisma.sql`and (activity_date, activity_type) <= (${activityDate}::date, ${activityType})`,
    Prisma.sql`and (
      (pair.activity_date, pair.activity_type) < (${activityDate}::date, ${activityType})
      or id < ${id}::bigint
    )`,
  ];
}
