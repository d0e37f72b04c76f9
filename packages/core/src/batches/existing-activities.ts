import { textArray } from '../database/array-literal.ts';
import type { Executor } from '../database/executor.ts';

export interface ActivityKey {
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
}

export interface ExistingActivity {
  id: bigint;
  coordinatorId: string;
  registrationId: bigint;
  createdAt: Date;
}

/**
 * Finds which of the mentors have the activity, and who registered it.
 *
 * @param nameOnlyOf the coordinators whose activities are shown, others are null; null: all
 */
export async function findExistingActivities(
  db: Executor,
  { activityType, activityDate }: ActivityKey,
  mentorIds: readonly string[],
  nameOnlyOf: readonly string[] | null,
): Promise<Map<string, ExistingActivity | null>> {
  if (mentorIds.length === 0) return new Map();
  const rows = await db.$queryRaw<Array<ExistingActivity & { mentorId: string }>>`
    select
      mentor_id as "mentorId",
      id,
      coordinator_id as "coordinatorId",
      bulk_registration_id as "registrationId",
      created_at as "createdAt"
    from activities
    where activity_date = ${activityDate}::date
      and activity_type = ${activityType}
      and mentor_id = any(${textArray(mentorIds)}::text[])
      and occurrence = 0`;
  const mayName = (coordinatorId: string) => nameOnlyOf === null || nameOnlyOf.includes(coordinatorId);
  return new Map(
    rows.map(({ mentorId, ...activity }) => [mentorId, mayName(activity.coordinatorId) ? activity : null]),
  );
}
