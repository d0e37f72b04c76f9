import type { MentorResult } from '@bulk/contract';
import { type ActivityKey, findExistingActivities } from '../batches/existing-activities.ts';
import type { ReadDeps } from '../deps.ts';
import { formatActivityId } from '../registrations/ids.ts';

/**
 * Adds to the first `atMost` duplicates of these results the activity that each clashes with. It is
 * looked up at reading: the results do not keep it. Those of coordinators outside the caller's scope stay unnamed.
 *
 * @returns how many of these it looked for
 */
export async function nameExistingActivities(
  { db, caller }: ReadDeps,
  activity: ActivityKey,
  results: readonly MentorResult[],
  { atMost }: { atMost: number },
): Promise<number> {
  const duplicates = results.filter((result) => result.error?.code === 'duplicate').slice(0, atMost);
  const existing = await findExistingActivities(
    db.prisma,
    activity,
    duplicates.map((result) => result.mentor_id),
    caller.coordinatorIds,
  );
  for (const result of duplicates) {
    const found = existing.get(result.mentor_id);
    if (found) result.existing_activity_id = formatActivityId(found.id);
  }
  return duplicates.length;
}
