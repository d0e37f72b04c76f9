import { LIMITS, type MentorResult, type RegistrationDetails, type ResultsMode } from '@bulk/contract';
import pLimit from 'p-limit';
import type { Deps } from '../deps.ts';
import { progressOf } from '../progress/progress.ts';
import { transientErrorOf } from '../progress/transient-error.ts';
import { mentorIdsOf, mentorResultChunks } from '../results/mentor-results.ts';
import { nameExistingActivities } from '../results/name-existing-activities.ts';
import { etagOf, isKnownTo } from './etag.ts';
import { type DetailsRow, findDetails } from './find-details.ts';
import { formatRegistrationId } from './ids.ts';
import { registrationNotFound } from './not-found.ts';

export type RegistrationAnswer =
  | { kind: 'unchanged'; etag: string }
  | {
      kind: 'details';
      etag: string;
      retryAfterSeconds: number | null;
      details: RegistrationDetails;
      /** The results, where they are too many to stand in `details`: that has none then. */
      largeResults: AsyncIterable<MentorResult[]> | null;
    };

/** @throws AppError `registration_not_found` */
export async function getRegistration(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  { results, ifNoneMatch }: { results: ResultsMode; ifNoneMatch: string | null },
): Promise<RegistrationAnswer> {
  // A poller that is up to date costs a part of one small query: no result is read.
  const snapshot = await db.readSnapshot(id);
  if (snapshot === null) throw registrationNotFound(id);
  const etag = etagOf(snapshot, results);
  if (ifNoneMatch !== null && isKnownTo(ifNoneMatch, etag)) return { kind: 'unchanged', etag };

  const read = () => readRegistration({ db }, id, results);
  return snapshot.mentorCount > LARGE ? oneOfTheLarge(read) : read();
}

/** Mentors from which on the results are made while they are sent. */
const LARGE = 10_000;
const RESULTS_AT_A_TIME = 1_000;

/** However many ask for large ones at once, a process reads few of them at a time, and the others meanwhile wait. */
const oneOfTheLarge = pLimit(2);

async function readRegistration(
  deps: Pick<Deps, 'db'>,
  id: bigint,
  mode: ResultsMode,
): Promise<RegistrationAnswer> {
  const row = await findDetails(deps.db.prisma, id, { withMentors: true, withResults: mode !== 'none' });
  if (row === null) throw registrationNotFound(id);
  const results = makeResults(deps, row, mode);
  const isLarge = mode !== 'none' && row.mentorCount > LARGE;
  return {
    kind: 'details',
    etag: etagOf(row, mode),
    retryAfterSeconds: row.status === 'processing' ? pollAfterSeconds(row) : null,
    details: toDetails(row, isLarge ? [] : await gathered(results)),
    largeResults: isLarge ? results : null,
  };
}

/** Small ones are done at once; a large one goes on at tens of thousands of mentors a second. */
function pollAfterSeconds({ mentorCount, successCount, failureCount }: DetailsRow): number {
  const pending = mentorCount - successCount - failureCount;
  return Math.min(5, Math.max(1, Math.ceil(pending / 25_000)));
}

async function* makeResults(
  deps: Pick<Deps, 'db'>,
  row: DetailsRow,
  mode: ResultsMode,
): AsyncGenerator<MentorResult[]> {
  if (mode === 'none') return;
  let unnamed = LIMITS.existingActivitiesPerAnswer;
  for (const all of mentorResultChunks(row, RESULTS_AT_A_TIME)) {
    const results = mode === 'failed' ? all.filter((result) => result.status === 'failed') : all;
    unnamed -= await nameExistingActivities(deps, row, results, { atMost: unnamed });
    yield results;
  }
}

async function gathered(chunks: AsyncIterable<MentorResult[]>): Promise<MentorResult[]> {
  const results: MentorResult[] = [];
  for await (const chunk of chunks) results.push(...chunk);
  return results;
}

function toDetails(row: DetailsRow, results: MentorResult[]): RegistrationDetails {
  return {
    id: formatRegistrationId(row.id),
    coordinator_id: row.coordinatorId,
    activity_type: row.activityType,
    activity_date: row.activityDate,
    duration_minutes: row.durationMinutes,
    mentor_ids: mentorIdsOf(row.batches),
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
    transient_error: transientErrorOf(row),
    progress: progressOf(row),
  };
}
