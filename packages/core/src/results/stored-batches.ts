import type { ResultErrorCode } from '@bulk/contract';
import { Prisma } from '../database/generated/client.ts';

/**
 * Where there is no error: empty is success, undone is a deleted activity. cancelled is a mentor whom a cancel left
 * without a result; it is stored only when an undo begins after a retry was cancelled.
 */
export type StoredCode = ResultErrorCode | '' | 'undone' | 'cancelled';

/** One row of registration_batches. What follows from a first value is left out, as in the table. */
export interface StoredBatch {
  attempt: number;
  batchNo: number;
  first: number;
  last: number;
  /** null: all from the first to the last. */
  positions: readonly number[] | null;
  /** Of the first attempt, which has all mentors; else null. */
  mentorIds: readonly string[] | null;
  /** null: not written yet. One id: that of the first mentor, the others are consecutive. */
  activityIds: readonly number[] | null;
  /** null: not written yet. One code: that of all mentors. */
  errorCodes: readonly StoredCode[] | null;
  isUndo: boolean;
}

/** The column of the rows `b` of registration_batches, as JSON text: many times cheaper to parse than arrays. */
export const batchesAsJson = Prisma.sql`
  json_agg(
    json_build_object(
      'attempt', b.attempt,
      'batchNo', b.batch_no,
      'first', b.first_position,
      'last', b.last_position,
      'positions', b.positions,
      'mentorIds', case b.attempt when 1 then b.mentor_ids end,
      'activityIds', b.activity_ids,
      'errorCodes', b.error_codes,
      'isUndo', b.undo_ids is not null
    )
    order by b.attempt, b.batch_no
  )::text`;

export function parseBatches(json: string | null): StoredBatch[] {
  return json === null ? [] : (JSON.parse(json) as StoredBatch[]);
}
