import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CreateRegistrationRequest, RetryRegistrationRequest } from '@bulk/contract';
import { retryFailed } from '../attempts/retry-failed.ts';
import { undoRegistration } from '../attempts/undo.ts';
import type { CallerDeps, Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { sweep } from '../jobs/sweep.ts';
import { processedOf } from '../progress/progress.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { type CancelOrDeleteOptions, cancelOrDelete } from '../registrations/cancel-or-delete.ts';
import { formatRegistrationId, parseRegistrationId } from '../registrations/ids.ts';
import { findInconsistencies } from './consistency.ts';
import { emptyTables } from './empty-tables.ts';
import type { RaceDeps } from './race-deps.ts';
import type { Random } from './random.ts';
import { readDetails } from './read-details.ts';
import { runChain, runOnce } from './run-chain.ts';
import { submit } from './test-deps.ts';
import { createUnreliableQueue, type Unreliability, type UnreliableQueue } from './unreliable-queue.ts';

export interface RaceWorldOptions {
  batchSize: number;
  /** How many take jobs from the queue. */
  runners: number;
  /** What is left out does not happen. */
  queue?: Partial<Unreliability>;
}

/** One run of a race: an unreliable queue, runners on it, and a memory of what must not change any more. */
export interface RaceWorld {
  readonly deps: CallerDeps;
  readonly queue: UnreliableQueue;
  submit(fields?: Partial<CreateRegistrationRequest>): Promise<bigint>;
  /** The code of the refusal, or `accepted`. */
  retry(id: bigint, request?: Partial<RetryRegistrationRequest>): Promise<string>;
  /** The code of the refusal, or `accepted`. */
  undo(id: bigint): Promise<string>;
  /** `cancelled`, `deleted`, or the code of the refusal. */
  remove(id: bigint, only?: CancelOrDeleteOptions['only']): Promise<string>;
  /** Resolves when so many mentors have a result, or the registration is no longer processing. */
  untilProcessed(id: bigint, mentors: number): Promise<void>;
  /** Sweeps without a pause until the returned function is called. */
  startSweeper(): () => Promise<void>;
  /** Resolves when no registration is processing. */
  untilIdle(): Promise<void>;
  activities(id: bigint): Promise<number>;
}

/**
 * Runs a race on empty tables. Then stops the runners, finishes what they left, and holds what is
 * stored against what must be true: nothing failed on the way, every count is exact, and since a
 * cancel or a deletion had returned nothing was written.
 */
export async function inRaceWorld(
  raceDeps: RaceDeps,
  random: Random,
  { batchSize, runners, queue: unreliability }: RaceWorldOptions,
  race: (world: RaceWorld) => Promise<void>,
): Promise<void> {
  await emptyTables(raceDeps);
  const queue = createUnreliableQueue(random.fork('queue'), {
    lost: 0,
    copies: 1,
    lies: 0,
    ...unreliability,
  });
  const deps: CallerDeps = { ...raceDeps, queue, config: { ...raceDeps.config, batchSize, sweepMs: 1 } };
  const removed = new Map<bigint, number>();
  const over = new AbortController();
  const world = createWorld(deps, queue, removed, over.signal);

  const running = Promise.all(Array.from({ length: runners }, () => runUntilClosed(deps, queue)));
  try {
    await Promise.race([race(world), firstFailureOf(running)]);
  } finally {
    over.abort();
    await queue.close();
    await running;
  }
  await finishWhatIsLeft(deps);
  await expectExact(deps, world, removed);
}

function firstFailureOf(running: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    running.catch(reject);
  });
}

/** A transient error fails the race: nothing in these races causes one. */
async function runUntilClosed(deps: Deps, queue: UnreliableQueue): Promise<void> {
  for (let next = await queue.take(); next !== null; next = await queue.take()) {
    await runOnce(deps, next.job, next.queueName);
  }
}

function createWorld(
  deps: CallerDeps,
  queue: UnreliableQueue,
  removed: Map<bigint, number>,
  over: AbortSignal,
): RaceWorld {
  /** Grows when an undo is asked for, and when it is answered. */
  const undos = new Map<bigint, number>();
  const countUndo = (id: bigint) => undos.set(id, (undos.get(id) ?? 0) + 1);
  const activities = (id: bigint) => deps.db.prisma.activity.count({ where: { bulkRegistrationId: id } });

  return {
    deps,
    queue,
    activities,

    submit: async (fields) => parseRegistrationId(await submit(deps, fields)) ?? 0n,

    async retry(id, request = {}) {
      const retry = retryFailed(deps, id, { action: 'retry_failed', ...request });
      return retry.then(() => 'accepted', refusalOf);
    },

    async undo(id) {
      countUndo(id);
      const outcome = await undoRegistration(deps, id).then(() => 'accepted', refusalOf);
      countUndo(id);
      // What a cancel had left may be deleted now.
      if (outcome === 'accepted') removed.delete(id);
      return outcome;
    },

    async remove(id, only = null) {
      const undosBefore = undos.get(id);
      const outcome = await cancelOrDelete(deps, id, { only, ifMatch: null }).catch(refusalOf);
      if (!removed.has(id) && (outcome === 'cancelled' || outcome === 'deleted')) {
        const left = await activities(id);
        if (undos.get(id) === undosBefore) removed.set(id, left);
      }
      return outcome;
    },

    async untilProcessed(id, mentors) {
      while (!over.aborted) {
        const progress = await findSnapshot(deps.db.prisma, id);
        if (progress?.status !== 'processing') return;
        if (processedOf(progress) >= mentors) return;
      }
    },

    startSweeper() {
      const stopping = new AbortController();
      const sweeping = (async () => {
        while (!stopping.signal.aborted && !over.aborted) await sweep(deps, stopping.signal);
      })();
      return async () => {
        stopping.abort();
        await sweeping;
      };
    },

    async untilIdle() {
      while (!over.aborted && (await processing(deps)).length > 0) await nextTurn();
    },
  };
}

/** Everything that is no answer of ours fails the race. */
function refusalOf(error: unknown): string {
  if (error instanceof AppError && error.code !== 'internal' && error.code !== 'unavailable')
    return error.code;
  throw error;
}

function processing({ db }: Pick<Deps, 'db'>): Promise<Array<{ id: bigint }>> {
  return db.prisma.bulkRegistration.findMany({ where: { status: 'processing' }, select: { id: true } });
}

async function finishWhatIsLeft(deps: Deps): Promise<void> {
  for (const { id } of await processing(deps)) await runChain(deps, formatRegistrationId(id));
}

async function expectExact(
  deps: Deps,
  world: RaceWorld,
  removed: ReadonlyMap<bigint, number>,
): Promise<void> {
  const faults = await findInconsistencies(deps);
  for (const [id, count] of removed) {
    const now = await world.activities(id);
    if (now !== count) faults.push(`${id}: ${count} activities when it was cancelled, ${now} now`);
  }
  const ids = await deps.db.prisma.bulkRegistration.findMany({ select: { id: true } });
  for (const { id } of ids) faults.push(...(await miscounts(deps, id)));
  if (faults.length > 0) throw new Error(faults.join('\n'));
}

/** The answer's results against its own counts: these are made from the batches, those by the fence. */
async function miscounts(deps: Deps, id: bigint): Promise<string[]> {
  const details = await readDetails(deps, formatRegistrationId(id));
  const { status, success_count, failure_count, undone_count, kept_count, results, progress } = details;
  const count = (wanted: string) => results.filter((result) => result.status === wanted).length;
  const faults: string[] = [];
  if (status === 'processing') faults.push(`${id}: is still processing`);
  if (count('success') !== success_count) faults.push(`${id}: shows ${count('success')} successes`);
  if (count('failed') !== failure_count) faults.push(`${id}: shows ${count('failed')} failures`);
  if (count('undone') !== undone_count) faults.push(`${id}: shows ${count('undone')} undone`);
  if (count('kept') !== kept_count) faults.push(`${id}: shows ${count('kept')} kept`);
  if (count('cancelled') !== progress.pending) faults.push(`${id}: shows ${count('cancelled')} cancelled`);
  return faults;
}

/** A head start for the others, in turns of the event loop: about as long as a statement takes. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}
