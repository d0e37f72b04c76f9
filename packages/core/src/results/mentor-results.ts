import { type MentorResult, RESULT_ERRORS, type RegistrationStatus } from '@bulk/contract';
import { formatActivityId } from '../registrations/ids.ts';
import type { StoredBatch } from './stored-batches.ts';

/** 1-based positions, both included. */
export interface Range {
  first: number;
  last: number;
}

/**
 * Makes the results of the mentors of a range, in input order. The latest attempt wins; a mentor of a batch
 * that is not written is pending, or cancelled with the registration.
 *
 * @param batches oldest attempt first; those of the first attempt must cover the range
 */
export function mentorResults(
  status: RegistrationStatus,
  batches: readonly StoredBatch[],
  { first, last }: Range,
): MentorResult[] {
  const results: MentorResult[] = [];
  const unfinished = status === 'cancelled' ? 'cancelled' : 'pending';
  for (const batch of batches) {
    forEachPlace(batch, { first, last }, (index, position) => {
      // The first attempt has every mentor, so the name of a later one is known.
      const mentor_id = batch.attempt === 1 ? batch.mentorIds?.[index] : results[position - first]?.mentor_id;
      if (mentor_id !== undefined) results[position - first] = resultOf(mentor_id, batch, index, unfinished);
    });
  }
  return results;
}

/** Visits the mentors of a batch that are in the range: their index in the batch, and their position. */
function forEachPlace(
  batch: StoredBatch,
  { first, last }: Range,
  visit: (index: number, position: number) => void,
): void {
  if (batch.positions === null) {
    const end = Math.min(last, batch.last);
    for (let position = Math.max(first, batch.first); position <= end; position += 1)
      visit(position - batch.first, position);
  } else {
    batch.positions.forEach((position, index) => {
      if (position >= first && position <= last) visit(index, position);
    });
  }
}

/** As `mentorResults` for all mentors, at most `size` at a time: all at once take tens of megabytes. */
export function* mentorResultChunks(
  {
    status,
    mentorCount,
    batches,
  }: { status: RegistrationStatus; mentorCount: number; batches: readonly StoredBatch[] },
  size: number,
): Generator<MentorResult[]> {
  for (let first = 1; first <= mentorCount; first += size) {
    const last = Math.min(first + size - 1, mentorCount);
    const reaching = batches.filter((batch) => batch.first <= last && batch.last >= first);
    yield mentorResults(status, reaching, { first, last });
  }
}

/** Lists the mentors of a registration in input order. */
export function mentorIdsOf(batches: readonly StoredBatch[]): string[] {
  return batches.flatMap(({ attempt, mentorIds }) => (attempt === 1 ? (mentorIds ?? []) : []));
}

function resultOf(
  mentor_id: string,
  { activityIds, errorCodes }: StoredBatch,
  index: number,
  unfinished: 'pending' | 'cancelled',
): MentorResult {
  if (activityIds === null || errorCodes === null)
    return { mentor_id, activity_id: null, status: unfinished };
  const code = errorCodes[index] ?? errorCodes[0] ?? '';
  if (code !== '') {
    return { mentor_id, activity_id: null, status: 'failed', error: { code, message: RESULT_ERRORS[code] } };
  }
  const activityId = activityIds[index] ?? (activityIds[0] ?? 0) + index;
  return { mentor_id, activity_id: formatActivityId(activityId), status: 'success' };
}
