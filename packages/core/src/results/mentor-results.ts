import {
  KEPT_CODES,
  type MentorResult,
  RESULT_ERRORS,
  type RegistrationStatus,
  type ResultErrorCode,
} from '@bulk/contract';
import { formatActivityId } from '../registrations/ids.ts';
import type { StoredBatch } from './stored-batches.ts';

/** 1-based positions, both included. */
export interface Range {
  first: number;
  last: number;
}

/**
 * Makes the results of the mentors of a range, in input order. The latest attempt wins. A mentor of a batch
 * that is not written is pending while its attempt is processing, and cancelled after that; one whom an undo did not
 * reach before it was cancelled is what it was before.
 *
 * @param attempt the latest
 * @param batches oldest attempt first; those of the first attempt must cover the range
 */
export function mentorResults(
  { status, attempt }: { status: RegistrationStatus; attempt: number },
  batches: readonly StoredBatch[],
  { first, last }: Range,
): MentorResult[] {
  const results: MentorResult[] = [];
  for (const batch of batches) {
    const unfinished = status === 'processing' && batch.attempt === attempt ? 'pending' : 'cancelled';
    if (batch.isUndo && batch.errorCodes === null && unfinished === 'cancelled') continue;
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

/** Lists the mentors of these batches in input order, up to a number of them. */
export function mentorIdsOf(batches: readonly StoredBatch[], atMost: number): string[] {
  return batches
    .flatMap(({ attempt, mentorIds }) => (attempt === 1 ? (mentorIds ?? []) : []))
    .slice(0, atMost);
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
  if (code === 'undone' || code === 'cancelled') return { mentor_id, activity_id: null, status: code };
  const activityId = activityIds[index] ?? (activityIds[0] ?? 0) + index;
  if (code === '') return { mentor_id, activity_id: formatActivityId(activityId), status: 'success' };
  const error = { code, message: RESULT_ERRORS[code] };
  if (!isKept(code)) return { mentor_id, activity_id: null, status: 'failed', error };
  const activity_id = code === 'activity_gone' ? null : formatActivityId(activityId);
  return { mentor_id, activity_id, status: 'kept', error };
}

function isKept(code: ResultErrorCode): boolean {
  return (KEPT_CODES as readonly ResultErrorCode[]).includes(code);
}
