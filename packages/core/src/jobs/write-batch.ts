import { type BatchOutcome, executeBatchInsert } from '../batches/execute-batch-insert.ts';
import { executeBatchUndo } from '../batches/execute-batch-undo.ts';
import type { BatchKey } from '../batches/statement-parts.ts';
import type { Deps } from '../deps.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { inSpan } from '../tracing/tracing.ts';
import { batchKeyOf, type JobData } from './job.ts';

/**
 * Writes one batch of a job exactly once, however often it is called, as a span, and counts what became of it.
 *
 * @throws transient errors of the database; try the batch again
 */
export async function writeBatch(deps: Deps, job: JobData, batchNo: number): Promise<BatchOutcome> {
  const { metrics, tracing } = deps;
  const stop = metrics.batchSeconds.startTimer();
  try {
    const outcome = await inSpan(tracing, 'write batch', attributesOf(job, batchNo), () =>
      executeBatch(deps, batchKeyOf(job, batchNo)),
    );
    stop({ outcome: outcome.kind });
    count(metrics, outcome);
    return outcome;
  } catch (error) {
    stop({ outcome: 'error' });
    throw error;
  }
}

/**
 * Registers or undoes, as its attempt does. A job does not say which, so that a worker of an earlier version can't
 * lose it: each of the two statements takes its own batches only.
 */
async function executeBatch(deps: Deps, key: BatchKey): Promise<BatchOutcome> {
  const outcome = await executeBatchInsert(deps, key);
  return outcome.kind === 'superseded' ? executeBatchUndo(deps, key) : outcome;
}

function attributesOf({ registrationId, attempt }: JobData, batchNo: number) {
  const registration = formatRegistrationId(BigInt(registrationId));
  return { 'bulk.registration': registration, 'bulk.attempt': attempt, 'bulk.batch': batchNo };
}

function count(metrics: Metrics, outcome: BatchOutcome): void {
  if (outcome.kind === 'superseded') return;
  const { after, results } = outcome;
  metrics.mentorResults.inc({ status: 'success', error_code: '' }, results.success);
  for (const [code, mentors] of Object.entries(results.failed)) {
    metrics.mentorResults.inc({ status: 'failed', error_code: code }, mentors);
  }
  // One batch ends an attempt: the last one.
  if (after.status !== 'processing') metrics.registrationsEnded.inc({ outcome: after.status });
}
