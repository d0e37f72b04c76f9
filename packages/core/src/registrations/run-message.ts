import type { DelayReason } from '@bulk/contract';
import { findProgress, type Progress, recordDelay, takeNextRing } from '../db/registrations.ts';
import { findAttemptState } from '../db/slices.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import type { Lane, Message } from '../domain/message.ts';
import { executeOnlyBatch } from './execute-batch-insert.ts';
import { type BatchRun, runBatches } from './run-batches.ts';

export type RunOutcome =
  /** Nothing is left to do for this attempt. */
  | { kind: 'done'; progress: Progress }
  /** More is left, and the next message of the chain carries on. */
  | { kind: 'handed_over'; next: Message; progress: Progress }
  /** Another runner's, cancelled, deleted or long done: nothing to do here. */
  | { kind: 'not_ours' };

export interface RunOptions {
  lane: Lane;
  /** Aborted: finish the batches at hand and hand over. */
  signal: AbortSignal;
  /** Called at the start, and once in a slice's time. */
  onProgress: (progress: Progress) => void;
}

/** The run met a passing fault: try the message again, conclude nothing. */
export class RunDelayed extends Error {
  readonly reason: DelayReason;

  constructor(reason: DelayReason, cause: unknown) {
    super(reason, { cause });
    this.name = 'RunDelayed';
    this.reason = reason;
  }
}

/**
 * Runs one message: in the entry lane one batch; in the slices lane batches for about `sliceMs`, and for
 * as long again while nobody waits for a turn.
 * What is left is handed over to the next message of the chain, at the tail of the slices lane.
 *
 * @throws RunDelayed
 */
export async function runMessage(deps: Deps, message: Message, options: RunOptions): Promise<RunOutcome> {
  const { db } = deps;
  const id = BigInt(message.registrationId);
  try {
    const whole = options.lane === 'entry' ? await executeOnlyBatch(db, message) : null;
    if (whole !== null) return done(deps, id, { attempt: message.attempt, ...whole });

    const state = await findAttemptState(db.prisma, { ...message, registrationId: id });
    if (state === null) return { kind: 'not_ours' };
    options.onProgress({ ...state, status: 'processing' });
    const after = await runBatches(db, state, turn(deps, options));
    if (after === 'fenced') return { kind: 'not_ours' };
    const progress = after ?? (await findProgress(db.prisma, id));
    if (progress === null || progress.attempt !== message.attempt) return { kind: 'not_ours' };
    if (progress.status !== 'processing') return done(deps, id, progress);
    return await handOver(deps, message, progress);
  } catch (error) {
    throw await delayed(deps, id, message, error);
  }
}

function turn({ queue, config }: Deps, { lane, signal, onProgress }: RunOptions): BatchRun {
  if (lane === 'entry') return { limit: 1, goesOn: () => false };
  let endsAt = performance.now() + config.sliceMs;
  let isAsking = false;
  let isWanted = false;
  const ask = async () => {
    isAsking = true;
    // A queue that is away has nobody waiting.
    isWanted = await queue.isWanted(lane).catch(() => false);
    endsAt = performance.now() + config.sliceMs;
    isAsking = false;
  };
  return {
    limit: Number.POSITIVE_INFINITY,
    goesOn(after) {
      if (signal.aborted || isWanted) return false;
      if (performance.now() >= endsAt && !isAsking) {
        if (after !== null) onProgress(after);
        // Batches go on meanwhile: the queue may be slow to answer, or away.
        void ask();
      }
      return true;
    },
  };
}

/** If the ring gets lost, the sweeper finds that no message lives, and rings again. */
async function handOver({ db, queue, log }: Deps, message: Message, progress: Progress): Promise<RunOutcome> {
  const next = await takeNextRing(db.prisma, message);
  if (next === null) return { kind: 'not_ours' };
  await queue.ring(next, 'slices').catch((error: Error) => {
    log.warn(
      { registration: message.registrationId, reason: error.message },
      'could not hand over; the sweeper will',
    );
  });
  return { kind: 'handed_over', next, progress };
}

async function delayed(
  { db, log }: Deps,
  id: bigint,
  { attempt }: Message,
  error: unknown,
): Promise<RunDelayed> {
  const failure = classifySqlFailure(error);
  const reason = failure.kind === 'transient' ? failure.reason : 'internal';
  log.warn({ registration: formatRegistrationId(id), attempt, reason, err: error }, 'delayed');
  await recordDelay(db.prisma, { registrationId: id, attempt }, reason).catch(() => {
    // The database that is away can't be told so; the log has it.
  });
  return new RunDelayed(reason, error);
}

function done({ log }: Deps, id: bigint, progress: Progress): RunOutcome {
  const { attempt, status, successCount, failureCount } = progress;
  log.info({ registration: formatRegistrationId(id), attempt, status, successCount, failureCount }, 'done');
  return { kind: 'done', progress };
}
