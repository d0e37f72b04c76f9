import type { CreateRegistrationRequest, DryRunResponse, Duplicate } from '@bulk/contract';
import { type ExistingActivity, findExistingActivities } from '../batches/existing-activities.ts';
import type { ReadDeps } from '../deps.ts';
import { formatActivityId, formatRegistrationId } from './ids.ts';
import { planOf } from './plan.ts';
import { findReferenceTaken } from './reference-taken.ts';
import { refuseStrangers } from './refuse-strangers.ts';

/**
 * Tells what would become of a registration if it ran now. Writes nothing, and takes no idempotency key.
 *
 * @throws AppError `validation` for mentors to override whom it does not register, `reference_taken`
 */
export async function dryRun(
  { db, caller }: ReadDeps,
  request: CreateRegistrationRequest,
): Promise<DryRunResponse> {
  refuseStrangers(request);
  const taken = await findReferenceTaken(db.prisma, request);
  if (taken !== null) throw taken;
  const { activity_type: activityType, activity_date: activityDate, mentor_ids: mentorIds } = request;
  const existing = await findExistingActivities(
    db.prisma,
    { activityType, activityDate },
    mentorIds,
    caller.coordinatorIds,
  );
  const duplicates = mentorIds.flatMap((mentorId) => {
    const activity = existing.get(mentorId);
    return activity === undefined ? [] : [toDuplicate(mentorId, activity)];
  });
  const overridden = new Set(request.override_mentor_ids);
  const failureCount = request.override_duplicates
    ? 0
    : duplicates.filter(({ mentor_id }) => !overridden.has(mentor_id)).length;

  return {
    mentor_count: mentorIds.length,
    success_count: mentorIds.length - failureCount,
    failure_count: failureCount,
    duplicates,
    plan: planOf(request, existing),
  };
}

/** @param activity null: the caller may not see it */
function toDuplicate(mentorId: string, activity: ExistingActivity | null): Duplicate {
  return {
    mentor_id: mentorId,
    ...(activity !== null && {
      existing_activity_id: formatActivityId(activity.id),
      coordinator_id: activity.coordinatorId,
      registration_id: formatRegistrationId(activity.registrationId),
      registered_at: activity.createdAt.toISOString(),
    }),
  };
}
