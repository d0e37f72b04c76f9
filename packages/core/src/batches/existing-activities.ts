import { textArray } from '../database/array-literal.ts';
import type { Executor } from '../database/executor.ts';

export interface ActivityKey {
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
}

/** Which of the mentors have the activity, and as which record. */
export async function findActivityIds(
  db: Executor,
  { activityType, activityDate }: ActivityKey,
  mentorIds: readonly string[],
): Promise<Map<string, bigint>> {
  if (mentorIds.length === 0) return new Map();
  const rows = await db.$queryRaw<Array<{ mentorId: string; id: bigint }>>`
    select mentor_id as "mentorId", id
    from activities
    where activity_date = ${activityDate}::date
      and activity_type = ${activityType}
      and mentor_id = any(${textArray(mentorIds)}::text[])
      and occurrence = 0`;
  return new Map(rows.map((row) => [row.mentorId, row.id]));
}
