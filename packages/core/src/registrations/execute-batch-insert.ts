import { type BatchWritten, insertBatch } from '../db/batches.ts';
import type { Database } from '../db/client.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import { findRefused } from './find-refused.ts';

export type BatchOutcome =
  | { kind: 'written'; after: BatchWritten }
  /** In the ledger already: this delivery is a second one, and says nothing about the first. */
  | { kind: 'settled' }
  /** Cancelled, deleted, finished or on another attempt: nothing was written. */
  | { kind: 'fenced' };

/** Rules of the database may change between the search and the write; that often we look again. */
const MAX_SEARCHES = 3;

/**
 * Writes one batch exactly once, however often it is called: all of its activities, results and
 * counts, or nothing. Records that the database refuses become failed results with their code.
 *
 * @throws a transient failure; the batch is to be tried again
 */
export async function executeBatchInsert(db: Database, payload: BatchPayload): Promise<BatchOutcome> {
  let batch = payload;
  for (let searches = 0; ; searches += 1) {
    try {
      return { kind: 'written', after: await insertBatch(db.prisma, batch) };
    } catch (error) {
      const failure = classifySqlFailure(error);
      if (failure.kind === 'settled' || failure.kind === 'fenced') return failure;
      if (failure.kind === 'transient' || searches === MAX_SEARCHES) throw error;
      batch = await withRefused(db, batch);
    }
  }
}

async function withRefused(db: Database, batch: BatchPayload): Promise<BatchPayload> {
  const refused = await findRefused(db, batch);
  const mentors = batch.mentors.map((mentor) => ({
    ...mentor,
    refusedWith: refused.get(mentor.position) ?? mentor.refusedWith,
  }));
  return { ...batch, mentors };
}
