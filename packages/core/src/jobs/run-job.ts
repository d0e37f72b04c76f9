import type { TransientErrorCode } from '@bulk/contract';
import { classifySqlFailure, isSequenceBehind } from '../database/sql-failure.ts';
import type { Deps } from '../deps.ts';
import { findSnapshot, type RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { claimNextGeneration, recordTransientError } from './generations.ts';
import type { JobData, QueueName } from './job.ts';
import { findOpenAttempt } from './open-attempt.ts';
import { runBatches } from './run-batches.ts';
import { writeBatch } from './write-batch.ts';

export type RunOutcome =
  /** Nothing is left to do for this attempt. */
  | { kind: 'done'; snapshot: RegistrationSnapshot }
  /** More is left, for the job of the next generation. */
  | { kind: 'handed_over'; next: JobData; snapshot: RegistrationSnapshot }
  /** Another job has taken over, or the attempt is over: nothing to do. */
  | { kind: 'stale' };

export interface RunOptions {
  queueName: QueueName;
  /** Aborted: finish the batches in flight and hand over. */
  signal: AbortSignal;
  /** Called at the start, and once in a time slice. */
  onProgress: (snapshot: RegistrationSnapshot) => void;
}

/** A transient error stopped the job. BullMQ retries the job; nothing else follows from it. */
export class TransientJobError extends Error {
  readonly code: TransientErrorCode;

  constructor(code: TransientErrorCode, cause: unknown) {
    super(code, { cause });
    this.name = 'TransientJobError';
    this.code = code;
  }
}

/**
 * Runs one job. In the queue `first` it writes the first batch. In the queue `rest` it writes batches for a
 * time slice, and for one more as long as no other job waits. What is left goes to a job of the next
 * generation, which waits for the next turn of its coordinator.
 *
 * @throws TransientJobError
 */
export async function runJob(deps: Deps, job: JobData, options: RunOptions): Promise<RunOutcome> {
  const id = BigInt(job.registrationId);
  try {
    const after =
      options.queueName === 'first' ? await runFirstBatch(deps, job) : await runTimeSlice(deps, job, options);
    const snapshot = after ?? (await findSnapshot(deps.db.prisma, id));
    if (snapshot === null || snapshot.attempt !== job.attempt) return { kind: 'stale' };
    if (snapshot.status === 'processing') return await handOver(deps, job, snapshot);
    return after === null ? { kind: 'stale' } : done(deps, after);
  } catch (error) {
    throw await toTransientError(deps, id, job, error);
  }
}

/** Small registrations have no other batch. null: nothing was written. */
async function runFirstBatch(deps: Deps, job: JobData) {
  const outcome = await writeBatch(deps, job, 0);
  return outcome.kind === 'written' ? outcome.after : null;
}

/** null: nothing was written. */
async function runTimeSlice(deps: Deps, job: JobData, options: RunOptions) {
  const open = await findOpenAttempt(deps.db.prisma, job);
  if (open === null) return null;
  options.onProgress(open.snapshot);
  return runBatches(deps, job, open.openBatches, timeSlice(deps, options));
}

/** Says after each batch whether to go on. */
function timeSlice({ queue, config }: Deps, { queueName, signal, onProgress }: RunOptions) {
  let endsAt = performance.now() + config.timeSliceMs;
  let isAsking = false;
  let isWanted = false;
  const ask = async () => {
    isAsking = true;
    // While the queue does not answer nobody else can be given a turn.
    isWanted = await queue.isWanted(queueName).catch(() => false);
    endsAt = performance.now() + config.timeSliceMs;
    isAsking = false;
  };
  return (after: RegistrationSnapshot): boolean => {
    if (signal.aborted || isWanted) return false;
    if (performance.now() >= endsAt && !isAsking) {
      onProgress(after);
      // Batches go on meanwhile: the queue may be slow to answer.
      void ask();
    }
    return true;
  };
}

/** If the next job gets lost, the sweeper finds that it is gone, and adds it again. */
async function handOver(
  { db, queue, log }: Deps,
  job: JobData,
  snapshot: RegistrationSnapshot,
): Promise<RunOutcome> {
  const next = await claimNextGeneration(db.prisma, job);
  if (next === null) return { kind: 'stale' };
  await queue.enqueue(next, 'rest').catch((error: Error) => {
    log.warn(
      { registration: formatRegistrationId(BigInt(job.registrationId)), reason: error.message },
      'could not add the next job; the sweeper will',
    );
  });
  return { kind: 'handed_over', next, snapshot };
}

async function toTransientError(
  { db, log, metrics }: Deps,
  id: bigint,
  { attempt }: JobData,
  error: unknown,
): Promise<TransientJobError> {
  const failure = classifySqlFailure(error);
  const code = failure.kind === 'transient' ? failure.code : 'internal';
  log.warn({ registration: formatRegistrationId(id), attempt, code, err: error }, 'transient error');
  metrics.transientErrors.inc({ code });
  if (isSequenceBehind(error)) log.error(SEQUENCE_BEHIND);
  await recordTransientError(db.prisma, { registrationId: id, attempt }, code).catch(() => {
    // A database that is away can't store it; the log has it.
  });
  return new TransientJobError(code, error);
}

const SEQUENCE_BEHIND =
  'a sequence gives out ids that are taken; npm run doctor names it, and the command that mends it';

function done({ log }: Deps, snapshot: RegistrationSnapshot): RunOutcome {
  const { id, attempt, status, successCount, failureCount, undoneCount, keptCount } = snapshot;
  const counts = { successCount, failureCount, undoneCount, keptCount };
  log.info({ registration: formatRegistrationId(id), attempt, status, ...counts }, 'done');
  return { kind: 'done', snapshot };
}
