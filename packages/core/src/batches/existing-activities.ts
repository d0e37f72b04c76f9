import { textArray } from '../database/array-literal.ts';
import type { Executor } from '../database/executor.ts';

export interface ActivityKey {
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
}

/**
 * Which of the mentors have the activity, and as which record.
 *
 * @param nameOnlyOf the coordinators whose records are named, others are null; null: all
 */
export async function findActivityIds(
  db: Executor,
  { activityType, activityDate }: ActivityKey,
  mentorIds: readonly string[],
  nameOnlyOf: readonly string[] | null,
): Promise<Map<string, bigint | null>> {
  if (mentorIds.length === 0) return new Map();
  const scope = nameOnlyOf && [...nameOnlyOf];
  const rows = await db.$queryRaw<Array<{ mentorId: string; id: bigint | null }>>`
    select
      mentor_id as "mentorId",
      case when ${scope}::text[] is null or coordinator_id = any(${scope}::text[]) then id end as id
    from activities
    where activity_date = ${activityDate}::date
      and activity_type = ${activityType}
      and mentor_id = any(${textArray(mentorIds)}::text[])
      and occurrence = 0`;
  return new Map(rows.map((row) => [row.mentorId, row.id]));
}
