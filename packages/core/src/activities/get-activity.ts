import type { ActivityDetails } from '@bulk/contract';
import { mayActFor } from '../access/caller.ts';
import type { ReadDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { formatActivityId } from '../registrations/ids.ts';
import { SUMMARY, toSummary } from '../registrations/summary.ts';
import { toActivity } from './to-activity.ts';

/**
 * Reads an activity and the registration that wrote it. An activity of a coordinator outside the caller's scope does
 * not exist for the caller.
 *
 * @throws AppError `activity_not_found`
 * @throws transient errors of the database
 */
export async function getActivity({ db, caller }: ReadDeps, id: bigint): Promise<ActivityDetails> {
  const row = await db.prisma.activity.findUnique({ where: { id } });
  if (row === null || !mayActFor(caller, row.coordinatorId)) {
    throw new AppError('activity_not_found', `There is no activity ${formatActivityId(id)}.`);
  }
  const registration = await db.prisma.bulkRegistration.findUnique({
    where: { id: row.bulkRegistrationId },
    select: SUMMARY,
  });
  return {
    ...toActivity({ ...row, activityDate: row.activityDate.toISOString().slice(0, 10) }),
    registration: registration && toSummary(registration),
  };
}
