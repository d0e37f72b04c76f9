import { classifySqlFailure } from '../database/sql-failure.ts';
import type { BatchDeps, BatchOutcome } from './execute-batch-insert.ts';
import { findRefused } from './find-refused.ts';
import type { BatchKey } from './statement-parts.ts';
import { type RefusedDeletions, tryDeletions, undoBatch } from './undo-statement.ts';

/** What the database refuses may change between two tries. */
const MAX_TRIES = 5;

/** Of the mentors that are counted when they are registered. */
const NO_NEW_RESULTS = { success: 0, failed: {} };

/**
 * Undoes one batch exactly once, however often it is called: all of its deletions, results and counts, or nothing.
 * Activities that the database refuses to delete are kept.
 *
 * @throws transient errors of the database; try the batch again
 */
export async function executeBatchUndo({ db, config }: BatchDeps, key: BatchKey): Promise<BatchOutcome> {
  let refused: RefusedDeletions = [];
  for (let tries = 1; ; tries += 1) {
    try {
      const after = await undoBatch(db.prisma, key, { refused, writesEvents: config.webhook !== null });
      return after === null ? { kind: 'superseded' } : { kind: 'written', after, results: NO_NEW_RESULTS };
    } catch (error) {
      const failure = classifySqlFailure(error);
      if (failure.kind === 'superseded') return failure;
      if (failure.kind !== 'data' || tries === MAX_TRIES) throw error;
      refused = await findRefused(db, key, refused, tryDeletions);
    }
  }
}
