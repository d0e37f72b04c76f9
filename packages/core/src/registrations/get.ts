import type {
  HistoryEntry,
  MentorResult,
  RegistrationDetails,
  RegistrationWithoutMentors,
  WaitingReason,
} from '@bulk/contract';
import type { ReadDeps } from '../deps.ts';
import { processedOf, progressOf } from '../progress/progress.ts';
import { retriesOf } from '../progress/registration-snapshot.ts';
import { transientErrorOf } from '../progress/transient-error.ts';
import { FIRST_PAGE, mentorIdPages, oneOfFewPages, resultPages } from './details-lists.ts';
import { type DetailsView, etagOf, isKnownTo } from './etag.ts';
import { type DetailsRow, findDetails } from './find-details.ts';
import { formatRegistrationId } from './ids.ts';
import { registrationNotFound } from './refusals.ts';

export type RegistrationAnswer =
  | { kind: 'unchanged'; etag: string }
  | ({ kind: 'details'; etag: string; retryAfterSeconds: number | null } & Details);

type Details =
  | { details: RegistrationWithoutMentors; lists: null }
  /** The lists of these details are empty; `lists` has what belongs there. */
  | { details: RegistrationDetails; lists: DetailsLists };

/** The two lists of the details, read while they are sent. */
export interface DetailsLists {
  mentorIds: AsyncIterable<string[]>;
  results: AsyncIterable<MentorResult[]>;
  /** More than one page. */
  isLarge: boolean;
}

/**
 * Reads a registration as it is at one moment, unless the client knows that state.
 *
 * @throws AppError `registration_not_found`
 * @throws transient errors of the database
 */
export async function getRegistration(
  deps: ReadDeps,
  id: bigint,
  {
    view,
    ifNoneMatch,
    waitingReason = null,
  }: { view: DetailsView; ifNoneMatch: string | null; waitingReason?: WaitingReason | null },
): Promise<RegistrationAnswer> {
  // A poller that is up to date costs a part of one small query: no result is read.
  const snapshot = await deps.db.readSnapshot(id);
  if (snapshot === null) throw registrationNotFound(id);
  const etag = etagOf(snapshot, view);
  // The tag says nothing of the reason, so while there is one, small answers are sent again.
  const hasReason = waitingReason !== null && view === 'status' && snapshot.status === 'processing';
  if (ifNoneMatch !== null && !hasReason && isKnownTo(ifNoneMatch, etag)) return { kind: 'unchanged', etag };

  const read = () => findDetails(deps.db.prisma, id, view === 'status' ? 0 : FIRST_PAGE);
  const isLarge = view !== 'status' && snapshot.mentorCount >= FIRST_PAGE;
  const row = await (isLarge ? oneOfFewPages(read) : read());
  if (row === null) throw registrationNotFound(id);
  return {
    kind: 'details',
    etag: etagOf(row, view),
    retryAfterSeconds: row.status === 'processing' ? pollAfterSeconds(row) : null,
    ...detailsOf(deps, row, view, waitingReason),
  };
}

function detailsOf(
  deps: ReadDeps,
  row: DetailsRow,
  view: DetailsView,
  waitingReason: WaitingReason | null,
): Details {
  const details = toDetails(row, waitingReason);
  if (view === 'status') {
    const { mentor_ids: _, results: __, ...withoutMentors } = details;
    return { details: withoutMentors, lists: null };
  }
  const lists = {
    mentorIds: mentorIdPages(deps, row),
    results: resultPages(deps, row, view),
    isLarge: row.mentorCount > FIRST_PAGE,
  };
  return { details, lists };
}

/** Small ones are done at once; a large one goes on at tens of thousands of mentors a second. */
function pollAfterSeconds(row: DetailsRow): number {
  const pending = row.mentorCount - processedOf(row);
  return Math.min(5, Math.max(1, Math.ceil(pending / 25_000)));
}

/** With empty lists. */
function toDetails(row: DetailsRow, waitingReason: WaitingReason | null): RegistrationDetails {
  return {
    id: formatRegistrationId(row.id),
    coordinator_id: row.coordinatorId,
    activity_type: row.activityType,
    activity_date: row.activityDate,
    duration_minutes: row.durationMinutes,
    mentor_ids: [],
    status: row.status,
    success_count: row.successCount,
    failure_count: row.failureCount,
    results: [],
    created_at: row.createdAt.toISOString(),
    completed_at: row.completedAt?.toISOString() ?? null,
    mentor_count: row.mentorCount,
    notes: row.notes,
    override_duplicates: row.overrideDuplicates,
    retry_count: retriesOf(row),
    updated_at: row.updatedAt.toISOString(),
    transient_error: transientErrorOf(row),
    progress: progressOf(row),
    waiting_reason: row.status === 'processing' ? waitingReason : null,
    history: historyOf(row),
    undone_count: row.undoneCount,
    kept_count: row.keptCount,
    label: row.label,
    external_reference: row.externalReference,
  };
}

function historyOf({ createdAt, createdBy, mentorCount, history }: DetailsRow): HistoryEntry[] {
  return [
    { action: 'accepted', by: createdBy, at: createdAt.toISOString(), mentor_count: mentorCount },
    ...history.map(({ action, actor, at, mentorCount: retried, overrideDuplicates }) => ({
      action,
      by: actor,
      at: new Date(at).toISOString(),
      ...(retried !== null && { mentor_count: retried }),
      ...(overrideDuplicates !== null && { override_duplicates: overrideDuplicates }),
    })),
  ];
}
