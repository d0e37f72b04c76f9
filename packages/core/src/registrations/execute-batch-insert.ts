import { type BatchWritten, insertBatch } from '../db/batches.ts';
import type { Database } from '../db/client.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import { findRefused } from './find-refused.ts';

export type BatchOutcome =
  | { kind: 'written'; after: BatchWritten; hadDuplicates: boolean }
  /** In the ledger already: this delivery is a second one, and says nothing about the first. */
  | { kind: 'settled' }
  /** Cancelled, deleted, finished or on another attempt: nothing was written. */
  | { kind: 'fenced' };

/** Other registrations and the rules of the database may change between two tries. */
const MAX_TRIES = 5;

/**
 * Writes one batch exactly once, however often it is called: all of its activities, results and
 * counts, or nothing. Records that the database refuses become failed results with their code.
 *
 * @param expectDuplicates makes the first try one that takes duplicates as they come; without it
 *   the first one costs an extra try
 * @throws a transient failure; the batch is to be tried again
 */
export async function executeBatchInsert(
  db: Database,
  payload: BatchPayload,
  { expectDuplicates = false }: { expectDuplicates?: boolean } = {},
): Promise<BatchOutcome> {
  let plan: Plan = { batch: payload, hadDuplicates: expectDuplicates || payload.overrideDuplicates };
  for (let tries = 1; ; tries += 1) {
    try {
      const duplicates = plan.hadDuplicates ? 'expected' : 'unexpected';
      const after = await insertBatch(db.prisma, plan.batch, { duplicates });
      return { kind: 'written', after, hadDuplicates: plan.hadDuplicates };
    } catch (error) {
      const failure = classifySqlFailure(error);
      if (failure.kind === 'settled' || failure.kind === 'fenced') return failure;
      if (failure.kind === 'transient' || tries === MAX_TRIES) throw error;
      plan = await adapted(db, plan, failure.kind);
    }
  }
}

interface Plan {
  batch: BatchPayload;
  hadDuplicates: boolean;
}

async function adapted(db: Database, plan: Plan, failure: 'duplicate' | 'data'): Promise<Plan> {
  if (failure === 'duplicate' && !plan.hadDuplicates) return { ...plan, hadDuplicates: true };
  return { ...plan, batch: await withRefused(db, plan.batch) };
}

async function withRefused(db: Database, batch: BatchPayload): Promise<BatchPayload> {
  const refused = await findRefused(db, batch);
  const mentors = batch.mentors.map((mentor) => ({
    ...mentor,
    refusedWith: refused.get(mentor.position) ?? mentor.refusedWith,
  }));
  return { ...batch, mentors };
}
