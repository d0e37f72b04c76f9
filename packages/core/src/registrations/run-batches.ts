import type { Database } from '../db/client.ts';
import type { DuplicateCheck } from '../db/known-duplicates.ts';
import type { Progress } from '../db/registrations.ts';
import { type AttemptState, listMentorIds } from '../db/slices.ts';
import { batchPositions, openBatches } from '../domain/batching.ts';
import { type BatchPayload, buildBatchPayload } from '../domain/build-batch-payload.ts';
import { executeBatchInsert } from './execute-batch-insert.ts';

export interface BatchRun {
  /** Batches to run, at most. */
  limit: number;
  /** Asked after each batch. */
  goesOn: (after: Progress | null) => boolean;
}

/** While the database commits one batch, the next one is on its way. More than two wait for each other at the row. */
const BATCHES_IN_FLIGHT = 2;

/** Mentors that are read at once, while those before them are written. */
const WINDOW_MENTORS = 8_000;

/**
 * Runs batches that the ledger lacks, the lowest first.
 *
 * @returns the registration after the last batch written; null when every batch was settled before
 * @throws a transient failure of any batch; those at hand are over by then
 */
export async function runBatches(
  db: Database,
  state: AttemptState,
  { limit, goesOn }: BatchRun,
): Promise<Progress | 'fenced' | null> {
  const batches = readBatches(db, state, limit);
  let after: Progress | null = null;
  let isFenced = false;
  let isOver = false;
  const write = async (batch: BatchPayload) => {
    const outcome = await executeBatchInsert(db, batch, checkFor(state, after));
    if (outcome.kind === 'written') after = later(after, { attempt: state.attempt, ...outcome.after });
    isFenced ||= outcome.kind === 'fenced';
    isOver ||= isFenced || !goesOn(after);
  };
  const writeInTurn = async () => {
    for (let next = await batches.next(); !next.done; next = await batches.next()) {
      await write(next.value);
      if (isOver) return;
    }
  };
  const runs = Array.from({ length: BATCHES_IN_FLIGHT }, () =>
    writeInTurn().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  // Whatever becomes of one, nothing of this run is left behind when it is over.
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  await batches.return();
  if (failed?.status === 'rejected') throw failed.reason;
  return isFenced ? 'fenced' : after;
}

/** Where some are duplicates there are more; a list, which may fail the batch, is for those who have none. */
function checkFor({ overrideDuplicates, ...state }: AttemptState, after: Progress | null): DuplicateCheck {
  const { successCount, failureCount } = after ?? state;
  return overrideDuplicates || failureCount > 0 || successCount === 0 ? 'look_up' : 'list';
}

/** Answers may come in another order than the batches passed their fences. */
function later(one: Progress | null, other: Progress): Progress {
  const processed = ({ successCount, failureCount }: Progress) => successCount + failureCount;
  return one !== null && processed(one) > processed(other) ? one : other;
}

/** In the order of their numbers; ends early when the registration is gone. */
async function* readBatches(
  db: Database,
  state: AttemptState,
  limit: number,
): AsyncGenerator<BatchPayload, void, undefined> {
  const open = openBatches(state, new Set(state.doneBatches), limit);
  const batchesAWindow = Math.max(1, Math.floor(WINDOW_MENTORS / state.batchSize));
  const readNext = () => readWindow(db, state, open.splice(0, batchesAWindow));
  let ahead = readNext();
  try {
    for (;;) {
      const window = await ahead;
      if (window.length === 0) return;
      ahead = readNext();
      // Its failure counts when its turn comes, if it does.
      ahead.catch(() => {});
      yield* window;
    }
  } finally {
    await ahead.catch(() => {});
  }
}

async function readWindow(
  { prisma }: Database,
  state: AttemptState,
  batchNos: readonly number[],
): Promise<BatchPayload[]> {
  const work = batchNos.map((batchNo) => ({ batchNo, positions: batchPositions(state, batchNo) }));
  const first = work[0]?.positions[0];
  const last = work.at(-1)?.positions.at(-1);
  if (first === undefined || last === undefined) return [];

  const offset = state.mentorIds === null ? first : 1;
  const mentorIds = state.mentorIds ?? (await listMentorIds(prisma, state.registrationId, { first, last }));
  if (mentorIds.length === 0) return [];
  const mentorIdAt = (position: number): string => {
    const mentorId = mentorIds[position - offset];
    if (mentorId === undefined) throw new Error(`no mentor at position ${position}`);
    return mentorId;
  };
  return work.map(({ batchNo, positions }) => buildBatchPayload(state, batchNo, positions, mentorIdAt));
}
