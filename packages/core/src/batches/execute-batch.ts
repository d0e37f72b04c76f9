import { type BatchDeps, type BatchOutcome, executeBatchInsert } from './execute-batch-insert.ts';
import { executeBatchUndo } from './execute-batch-undo.ts';
import type { BatchKey } from './statement-parts.ts';

/**
 * Runs one batch exactly once, however often it is called, whether its attempt registers or undoes. A job does not
 * say which, so that a worker of an earlier version can't lose it: each of the two statements takes its own batches only.
 *
 * @throws transient errors of the database; try the batch again
 */
export async function executeBatch(deps: BatchDeps, key: BatchKey): Promise<BatchOutcome> {
  const outcome = await executeBatchInsert(deps, key);
  return outcome.kind === 'superseded' ? executeBatchUndo(deps, key) : outcome;
}
