import type { CreateRegistrationRequest, DryRunResponse } from '@bulk/contract';
import { findActivityIds } from '../batches/existing-activities.ts';
import type { ReadDeps } from '../deps.ts';
import { formatActivityId } from './ids.ts';

/** What would become of a registration if it ran now. Writes nothing, and takes no idempotency key. */
export async function dryRun(
  { db, caller }: ReadDeps,
  request: CreateRegistrationRequest,
): Promise<DryRunResponse> {
  const { activity_type: activityType, activity_date: activityDate, mentor_ids: mentorIds } = request;
  const existing = await findActivityIds(
    db.prisma,
    { activityType, activityDate },
    mentorIds,
    caller.coordinatorIds,
  );
  const duplicates = mentorIds.flatMap((mentor_id) => {
    const activityId = existing.get(mentor_id);
    return activityId === undefined
      ? []
      : [{ mentor_id, ...(activityId && { existing_activity_id: formatActivityId(activityId) }) }];
  });
  const failureCount = request.override_duplicates ? 0 : duplicates.length;

  return {
    mentor_count: mentorIds.length,
    success_count: mentorIds.length - failureCount,
    failure_count: failureCount,
    duplicates,
  };
}
