import {
  type MentorResult,
  RESULT_ERRORS,
  type RegistrationStatus,
  type ResultErrorCode,
} from '@bulk/contract';
import { formatActivityId } from './ids.ts';

/**
 * One batch in the ledger. An array of one stands for more than one result: positions and activity
 * ids that are consecutive, error codes that are all alike.
 */
export interface LedgerBatch {
  attempt: number;
  /** Results. */
  count: number;
  positions: readonly number[];
  /** 0: none. */
  activityIds: readonly number[];
  /** Empty: none. */
  errorCodes: ReadonlyArray<ResultErrorCode | ''>;
}

export interface ResultSource {
  status: RegistrationStatus;
  attempt: number;
  mentorIds: readonly string[];
  /** Position of the first of these mentors, if they are not all; the rest may name others, too. */
  firstPosition?: number;
  /** The current attempt's work list; null: every mentor. */
  workPositions: readonly number[] | null;
  /** Oldest attempt first. */
  batches: readonly LedgerBatch[];
}

/**
 * What became of each mentor, in input order. The latest attempt wins; a mentor on the current
 * attempt's work list without a result of that attempt is pending, or cancelled with the rest.
 */
export function mentorResults(source: ResultSource): MentorResult[] {
  const { firstPosition = 1 } = source;
  const unfinished = source.status === 'cancelled' ? 'cancelled' : 'pending';
  const results = source.mentorIds.map(
    (mentor_id): MentorResult => ({ mentor_id, activity_id: null, status: unfinished }),
  );
  const settle = (position: number, outcome: Omit<MentorResult, 'mentor_id'>) => {
    const mentor_id = source.mentorIds[position - firstPosition];
    if (mentor_id !== undefined) results[position - firstPosition] = { mentor_id, ...outcome };
  };

  for (const batch of source.batches.filter(({ attempt }) => attempt < source.attempt)) apply(batch, settle);
  for (const position of source.workPositions ?? [])
    settle(position, { activity_id: null, status: unfinished });
  for (const batch of source.batches.filter(({ attempt }) => attempt === source.attempt))
    apply(batch, settle);
  return results;
}

/** As `mentorResults`, at most `size` of them at a time: all at once they take tens of megabytes. */
export function* mentorResultSlices(source: ResultSource, size: number): Generator<MentorResult[]> {
  for (let start = 0; start < source.mentorIds.length; start += size) {
    const [first, last] = [start + 1, start + size];
    yield mentorResults({
      ...source,
      mentorIds: source.mentorIds.slice(start, last),
      firstPosition: first,
      workPositions: source.workPositions?.filter((at) => at >= first && at <= last) ?? null,
      batches: source.batches.filter((batch) => reachesInto(batch, { first, last })),
    });
  }
}

function reachesInto({ count, positions }: LedgerBatch, range: { first: number; last: number }): boolean {
  const [first = 0] = positions;
  const last = positions.length === 1 ? first + count - 1 : (positions.at(-1) ?? 0);
  return first <= range.last && last >= range.first;
}

function apply(
  { count, positions, activityIds, errorCodes }: LedgerBatch,
  settle: (position: number, outcome: Omit<MentorResult, 'mentor_id'>) => void,
): void {
  const [firstPosition = 0] = positions;
  const [firstActivityId = 0] = activityIds;
  const [firstCode = ''] = errorCodes;
  for (let index = 0; index < count; index += 1) {
    const position = positions[index] ?? firstPosition + index;
    const code = errorCodes[index] ?? firstCode;
    if (code === '') {
      const activityId = activityIds[index] ?? firstActivityId + index;
      settle(position, { activity_id: formatActivityId(activityId), status: 'success' });
    } else {
      const error = { code, message: RESULT_ERRORS[code] };
      settle(position, { activity_id: null, status: 'failed', error });
    }
  }
}
