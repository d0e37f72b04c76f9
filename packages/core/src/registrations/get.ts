import { LIMITS, type MentorResult, type RegistrationDetails, type ResultsMode } from '@bulk/contract';
import pLimit from 'p-limit';
import { type DetailsRow, findDetails } from '../db/details.ts';
import type { Deps } from '../deps.ts';
import { delayOf } from '../domain/delay.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { progressOf } from '../domain/progress.ts';
import { mentorResults } from '../domain/results.ts';
import { etagOf, isKnownTo } from '../domain/version.ts';
import { nameExistingActivities } from './name-existing-activities.ts';
import { registrationNotFound } from './not-found.ts';

export type RegistrationAnswer =
  | { kind: 'unchanged'; etag: string }
  | { kind: 'details'; etag: string; retryAfterSeconds: number | null; details: RegistrationDetails };

/** @throws AppError `registration_not_found` */
export async function getRegistration(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  { results, ifNoneMatch }: { results: ResultsMode; ifNoneMatch: string | null },
): Promise<RegistrationAnswer> {
  // A poller that is up to date costs a part of one small query: no result is read.
  const version = await db.readProgress(id);
  if (version === null) throw registrationNotFound(id);
  const etag = etagOf(version, results);
  if (ifNoneMatch !== null && isKnownTo(ifNoneMatch, etag)) return { kind: 'unchanged', etag };

  const read = () => readRegistration({ db }, id, results);
  return version.mentorCount > LARGE ? oneOfTheLarge(read) : read();
}

/** Mentors from which on an answer takes tens of megabytes to make. */
const LARGE = 10_000;

/** However many ask for large ones at once, a process makes few of them at a time, and the others meanwhile wait. */
const oneOfTheLarge = pLimit(2);

async function readRegistration(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  results: ResultsMode,
): Promise<RegistrationAnswer> {
  const row = await findDetails(db.prisma, id, { withResults: results !== 'none' });
  if (row === null) throw registrationNotFound(id);
  return {
    kind: 'details',
    etag: etagOf(row, results),
    retryAfterSeconds: row.status === 'processing' ? pollAfterSeconds(row) : null,
    details: toDetails(row, await resultsOf({ db }, row, results)),
  };
}

/** Small ones are done at once; a large one goes on at tens of thousands of mentors a second. */
function pollAfterSeconds({ mentorCount, successCount, failureCount }: DetailsRow): number {
  const pending = mentorCount - successCount - failureCount;
  return Math.min(5, Math.max(1, Math.ceil(pending / 25_000)));
}

async function resultsOf(
  { db }: Pick<Deps, 'db'>,
  row: DetailsRow,
  mode: ResultsMode,
): Promise<MentorResult[]> {
  if (mode === 'none') return [];
  const all = mentorResults(row);
  const results = mode === 'failed' ? all.filter((result) => result.status === 'failed') : all;
  await nameExistingActivities({ db }, row, results, { atMost: LIMITS.existingActivitiesPerAnswer });
  return results;
}

function toDetails(row: DetailsRow, results: MentorResult[]): RegistrationDetails {
  return {
    id: formatRegistrationId(row.id),
    coordinator_id: row.coordinatorId,
    activity_type: row.activityType,
    activity_date: row.activityDate,
    duration_minutes: row.durationMinutes,
    mentor_ids: row.mentorIds,
    status: row.status,
    success_count: row.successCount,
    failure_count: row.failureCount,
    results,
    created_at: row.createdAt.toISOString(),
    completed_at: row.completedAt?.toISOString() ?? null,
    mentor_count: row.mentorCount,
    notes: row.notes,
    override_duplicates: row.overrideDuplicates,
    retry_count: row.attempt - 1,
    updated_at: row.updatedAt.toISOString(),
    delayed: delayOf(row),
    progress: progressOf(row),
  };
}
