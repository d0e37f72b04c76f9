import { type BatchWritten, insertBatch, insertOnlyBatch } from '../db/batches.ts';
import type { Database } from '../db/client.ts';
import type { DuplicateCheck } from '../db/known-duplicates.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import type { Message } from '../domain/message.ts';
import { findRefused } from './find-refused.ts';

export type BatchOutcome =
  | { kind: 'written'; after: BatchWritten }
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
 * @param check to begin with
 * @throws a transient failure; the batch is to be tried again
 */
export async function executeBatchInsert(
  db: Database,
  payload: BatchPayload,
  check: DuplicateCheck = 'list',
): Promise<BatchOutcome> {
  let plan: Plan = { batch: payload, check };
  for (let tries = 1; ; tries += 1) {
    try {
      const after = await insertBatch(db.prisma, plan.batch, plan.check);
      return { kind: 'written', after };
    } catch (error) {
      const failure = classifySqlFailure(error);
      if (failure.kind === 'settled' || failure.kind === 'fenced') return failure;
      if (failure.kind === 'transient' || tries === MAX_TRIES) throw error;
      plan = await adapted(db, plan, failure.kind);
    }
  }
}

/**
 * The shortest way for what comes most: everything of a small registration in one statement.
 * null, and nothing is written: it is none of that kind, or needs a second try; `executeBatchInsert` knows.
 *
 * @throws a transient failure; the message is to be tried again
 */
export async function executeOnlyBatch(db: Database, message: Message): Promise<BatchWritten | null> {
  if (message.attempt !== 1) return null;
  try {
    return await insertOnlyBatch(db.prisma, message);
  } catch (error) {
    if (classifySqlFailure(error).kind === 'transient') throw error;
    return null;
  }
}

interface Plan {
  batch: BatchPayload;
  check: DuplicateCheck;
}

async function adapted(db: Database, plan: Plan, failure: 'duplicate' | 'data'): Promise<Plan> {
  if (failure === 'duplicate' && plan.check === 'list') return { ...plan, check: 'look_up' };
  if (failure === 'duplicate' && plan.check === 'look_up') return { ...plan, check: 'skip' };
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
