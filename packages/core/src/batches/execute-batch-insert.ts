import type { Config } from '../config.ts';
import type { Database } from '../database/client.ts';
import { classifySqlFailure } from '../database/sql-failure.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { type BatchKey, type BatchTry, insertBatch } from './batch-statement.ts';
import { findRefused } from './find-refused.ts';

export type BatchOutcome =
  | { kind: 'written'; after: RegistrationSnapshot }
  /**
   * Nothing was written now: the batch was written before, the registration is cancelled, deleted, finished
   * or on another attempt, or the job is stale. It says nothing about the results of the batch.
   */
  | { kind: 'superseded' };

export interface BatchDeps {
  db: Database;
  config: Pick<Config, 'webhook'>;
}

/** Other registrations and the rules of the database may change between two tries. */
const MAX_TRIES = 5;

/**
 * Writes one batch exactly once, however often it is called: all of its activities, results and
 * counts, or nothing. Records that the database refuses become failed results with their code.
 *
 * @throws transient errors of the database; try the batch again
 */
export async function executeBatchInsert({ db, config }: BatchDeps, key: BatchKey): Promise<BatchOutcome> {
  let next: BatchTry = { refused: [], toleratesConflicts: false, writesEvents: config.webhook !== null };
  for (let tries = 1; ; tries += 1) {
    try {
      const after = await insertBatch(db.prisma, key, next);
      return after === null ? { kind: 'superseded' } : { kind: 'written', after };
    } catch (error) {
      const failure = classifySqlFailure(error);
      if (failure.kind === 'superseded') return failure;
      if (failure.kind === 'transient' || tries === MAX_TRIES) throw error;
      next =
        failure.kind === 'duplicate'
          ? { ...next, toleratesConflicts: true }
          : { ...next, refused: await findRefused(db, key, next.refused) };
    }
  }
}
