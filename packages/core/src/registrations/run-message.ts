import type { DelayReason } from '@bulk/contract';
import { findProgress, type Progress, recordDelay, takeNextRing } from '../db/registrations.ts';
import { type AttemptState, findAttemptState, listMentorIds } from '../db/slices.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { Deps } from '../deps.ts';
import { batchPositions, openBatches } from '../domain/batching.ts';
import { type BatchPayload, buildBatchPayload } from '../domain/build-batch-payload.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import type { Lane, Message } from '../domain/message.ts';
import { executeBatchInsert } from './execute-batch-insert.ts';

export type RunOutcome =
  /** Nothing is left to do for this attempt. */
  | { kind: 'done'; progress: Progress }
  /** More is left, and the next message of the chain carries on. */
  | { kind: 'handed_over'; next: Message; progress: Progress }
  /** Another runner's, cancelled, deleted or long done: nothing to do here. */
  | { kind: 'not_ours' };

export interface RunOptions {
  lane: Lane;
  /** Aborted: finish the batch at hand and hand over. */
  signal: AbortSignal;
  onStart: (progress: Progress) => void;
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

/** While the database commits one batch, the next one is on its way. More than two wait for each other at the row. */
const BATCHES_IN_FLIGHT = 2;

/** Mentors read ahead for a slice, at most. */
const SLICE_MENTORS = 32_000;

/**
 * Runs one message: in the entry lane one batch, in the slices lane batches for about `sliceMs`.
 * What is left is handed over to the next message of the chain, at the tail of the slices lane.
 *
 * @throws RunDelayed
 */
export async function runMessage(
  deps: Deps,
  message: Message,
  { lane, signal, onStart }: RunOptions,
): Promise<RunOutcome> {
  const id = BigInt(message.registrationId);
  try {
    const state = await findAttemptState(deps.db.prisma, { ...message, registrationId: id });
    if (state === null) return { kind: 'not_ours' };
    onStart({ ...state, status: 'processing' });

    const after = await runBatches(deps, state, lane, signal);
    if (after === 'fenced') return { kind: 'not_ours' };
    const progress = after ?? (await findProgress(deps.db.prisma, id));
    if (progress === null || progress.attempt !== message.attempt) return { kind: 'not_ours' };
    if (progress.status !== 'processing') {
      logDone(deps, id, progress);
      return { kind: 'done', progress };
    }
    return await handOver(deps, message, progress);
  } catch (error) {
    throw await delayed(deps, id, message, error);
  }
}

/** The registration after the last batch written; null when every batch was settled before. */
async function runBatches(
  deps: Deps,
  state: AttemptState,
  lane: Lane,
  signal: AbortSignal,
): Promise<Progress | 'fenced' | null> {
  const deadline = performance.now() + deps.config.sliceMs;
  const batches = await nextBatches(deps, state, lane);
  if (batches === null) return 'fenced';

  let after: Progress | null = null;
  let isFenced = false;
  let isFailing = false;
  const left = batches.values();
  const runInTurn = async () => {
    for (const batch of left) {
      const outcome = await executeBatchInsert(deps.db, batch);
      if (outcome.kind === 'fenced') isFenced = true;
      if (outcome.kind === 'written') after = later(after, { attempt: state.attempt, ...outcome.after });
      if (isFenced || isFailing || signal.aborted || performance.now() >= deadline) return;
    }
  };
  const runs = Array.from({ length: BATCHES_IN_FLIGHT }, () =>
    runInTurn().catch((error: unknown) => {
      isFailing = true;
      throw error;
    }),
  );
  // Whatever becomes of one, nothing of this run is left behind when it is over.
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return isFenced ? 'fenced' : after;
}

/** Answers may come in another order than the batches passed their fences. */
function later(one: Progress | null, other: Progress): Progress {
  const processed = ({ successCount, failureCount }: Progress) => successCount + failureCount;
  return one !== null && processed(one) > processed(other) ? one : other;
}

/** null: the registration was deleted since its state was read. */
async function nextBatches(
  { db }: Pick<Deps, 'db'>,
  state: AttemptState,
  lane: Lane,
): Promise<BatchPayload[] | null> {
  const limit = lane === 'entry' ? 1 : Math.max(1, Math.floor(SLICE_MENTORS / state.batchSize));
  const open = openBatches(state, new Set(state.doneBatches), limit);
  const work = open.map((batchNo) => ({ batchNo, positions: batchPositions(state, batchNo) }));
  const first = work[0]?.positions[0];
  const last = work.at(-1)?.positions.at(-1);
  if (first === undefined || last === undefined) return [];

  const offset = state.mentorIds === null ? first : 1;
  const mentorIds =
    state.mentorIds ?? (await listMentorIds(db.prisma, state.registrationId, { first, last }));
  if (mentorIds.length === 0) return null;
  const mentorIdAt = (position: number): string => {
    const mentorId = mentorIds[position - offset];
    if (mentorId === undefined) throw new Error(`no mentor at position ${position}`);
    return mentorId;
  };
  return work.map(({ batchNo, positions }) => buildBatchPayload(state, batchNo, positions, mentorIdAt));
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

function logDone({ log }: Deps, id: bigint, { attempt, status, successCount, failureCount }: Progress): void {
  log.info({ registration: formatRegistrationId(id), attempt, status, successCount, failureCount }, 'done');
}
