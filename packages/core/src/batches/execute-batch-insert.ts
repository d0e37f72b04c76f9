import type { ResultErrorCode } from '@bulk/contract';
import type { Config } from '../config.ts';
import type { Database } from '../database/client.ts';
import { classifySqlFailure } from '../database/sql-failure.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { type BatchTry, insertBatch, type WrittenBatch } from './batch-statement.ts';
import { findRefused } from './find-refused.ts';
import type { BatchKey } from './statement-parts.ts';

export type BatchOutcome =
  | { kind: 'written'; after: RegistrationSnapshot; results: ResultCounts }
  /**
   * Nothing was written now: the batch was written before, the registration is cancelled, deleted, finished
   * or on another attempt, or the job is stale. It says nothing about the results of the batch.
   */
  | { kind: 'superseded' };

export interface BatchDeps {
  db: Database;
  config: Pick<Config, 'webhook'>;
}

/** How many mentors succeeded, and how many failed by error code. */
export interface ResultCounts {
  success: number;
  failed: Partial<Record<ResultErrorCode, number>>;
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
      const written = await insertBatch(db.prisma, key, next);
      if (written === null) return { kind: 'superseded' };
      return { kind: 'written', after: written.after, results: countResults(written, next) };
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

/** Who failed and was not refused, is a duplicate. */
function countResults({ mentorCount, successCount }: WrittenBatch, { refused }: BatchTry): ResultCounts {
  const failed: ResultCounts['failed'] = {};
  let duplicates = mentorCount - successCount;
  for (const code of refused) {
    if (code === null) continue;
    failed[code] = (failed[code] ?? 0) + 1;
    duplicates -= 1;
  }
  if (duplicates > 0) failed.duplicate = (failed.duplicate ?? 0) + duplicates;
  return { success: successCount, failed };
}
