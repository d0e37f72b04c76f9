import { addMonths } from '../activities/partitions.ts';
import type { Deps } from '../deps.ts';
import { dropOldCounts } from '../operations/result-counts.ts';
import { dropExpiredKeys } from '../registrations/idempotency-keys.ts';
import { deleteExpiredHistory, deleteExpiredRegistrations } from '../registrations/retention.ts';
import { dropOldDeliveries } from '../webhooks/deliveries.ts';
import { dropGoneWorkers } from '../workers/heartbeat.ts';
import { claimSweep, endSweep, extendSweep } from './claim-sweep.ts';
import { claimNextGenerations, type IdleJob, listIdle, noteTaken } from './generations.ts';
import type { JobData } from './job.ts';

const PAGE = 200;

/** Pages of a sweep that finds nothing lost: however long the backlog, it costs a worker a percent or two. */
const MAX_QUIET_PAGES = 3;

const DROPPED_AT_A_TIME = 5_000;

/** What one statement deletes of expired registrations: 3 to 5 ms, also for a single one of 100,000 mentors, and 0.1 MB of WAL. */
const RETIRED_AT_A_TIME = { registrations: 200, mentors: 20_000 };

/** How long one sweep deletes at most; shorter than its claim lasts. */
const MAX_DELETING_MS = 2_000;

/** How many job locks a taken job may last without any progress before it counts as lost. */
const PATIENCE_IN_LOCKS = 4;

/**
 * Re-enqueues registrations that are processing and whose job was lost: never added, given up, or deleted with
 * the queue. One worker at a time does it, whichever comes first. It looks at the oldest first, at some hundreds, and
 * at more while it finds lost ones; the next sweep goes on where it ended. Also deletes expired idempotency keys, old
 * deliveries of the webhook, and registrations that ended longer ago than `retentionDays`, and adds the next months where
 * the activities are partitioned.
 *
 * BullMQ takes the jobs of a dead worker back, but goes by its workers' clocks: what a worker with a fast
 * clock took, or put off, stays its own until that time has come. So the sweeper also re-enqueues where it
 * finds the same job taken at both ends of a span, by the database's clock, in which the registration has
 * not moved. Idle and taken at one moment would prove nothing: in a backlog every job is idle until it is taken.
 *
 * A job that counts as lost by mistake does no harm: its generation is stale then.
 *
 * @returns how many registrations were re-enqueued
 * @throws transient errors of the database and the queue; the next sweep makes up for it
 */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<number> {
  const { db, config, log, metrics } = deps;
  const claim = await claimSweep(db.prisma, { everyMs: config.sweepMs });
  if (claim === null) return 0;

  let { afterId } = claim;
  let reEnqueued = 0;
  try {
    for (let quietPages = 0; quietPages < MAX_QUIET_PAGES && !signal.aborted; ) {
      const page = await sweepPage(deps, afterId);
      reEnqueued += page.reEnqueued;
      if (page.reEnqueued === 0) quietPages += 1;
      afterId = page.lastId ?? 0n;
      await extendSweep(db.prisma, afterId);
      if (page.lastId === null) break;
    }
    await deleteWhatExpired(deps, signal);
    const months = await addMonths(db.prisma);
    if (months.length > 0) log.info({ months }, 'partitions added');
  } finally {
    await endSweep(db.prisma);
  }
  metrics.sweeps.inc();
  if (reEnqueued > 0) log.info({ reEnqueued }, 'swept');
  return reEnqueued;
}

/** @returns the last registration of the page; null: no other comes after it */
async function sweepPage(
  deps: Deps,
  afterId: bigint,
): Promise<{ reEnqueued: number; lastId: bigint | null }> {
  const { db, config } = deps;
  const idle = await listIdle(db.prisma, { afterId, idleMs: config.sweepMs, limit: PAGE });
  const verdicts = await Promise.all(idle.map((job) => judge(deps, job)));
  const judged = (verdict: Verdict) => idle.filter((_, index) => verdicts[index] === verdict);
  const lost = [...judged('lost'), ...(await unlisted(deps, judged('waiting')))];
  const newlyTaken = judged('newly taken');
  if (newlyTaken.length > 0) await noteTaken(db.prisma, newlyTaken);
  const last = idle.length < PAGE ? undefined : idle.at(-1);
  return {
    reEnqueued: await reEnqueue(deps, lost),
    lastId: last === undefined ? null : BigInt(last.registrationId),
  };
}

/** In small pieces, and for a bounded time, at least one piece of each. What is left is for the next sweep. */
async function deleteWhatExpired({ db: { prisma }, config }: Deps, signal: AbortSignal): Promise<void> {
  const { retentionDays: days } = config;
  const endsAt = performance.now() + Math.min(config.sweepMs, MAX_DELETING_MS);
  const inPieces = async (deletePiece: () => Promise<number>) => {
    while ((await deletePiece()) > 0 && performance.now() < endsAt && !signal.aborted);
  };
  await inPieces(() => dropExpiredKeys(prisma, { limit: DROPPED_AT_A_TIME }));
  await inPieces(() => dropOldDeliveries(prisma, { limit: DROPPED_AT_A_TIME }));
  await dropGoneWorkers(prisma);
  await dropOldCounts(prisma);
  if (days === null) return;
  await inPieces(() => deleteExpiredRegistrations(prisma, days, RETIRED_AT_A_TIME));
  await inPieces(() => deleteExpiredHistory(prisma, days, RETIRED_AT_A_TIME.registrations));
}

type Verdict = 'waiting' | 'fine' | 'newly taken' | 'lost';

async function judge({ queue, config }: Deps, job: IdleJob): Promise<Verdict> {
  const state = await queue.getJobState(job);
  if (state === 'gone') return 'lost';
  if (state === 'waiting') return 'waiting';
  if (job.takenForMs === null) return 'newly taken';
  return job.takenForMs > PATIENCE_IN_LOCKS * config.jobLockMs ? 'lost' : 'fine';
}

/**
 * Lists waiting jobs that no worker will take, because Redis has lost the list and kept the jobs. One of them is looked
 * for, chosen at random, and all others only if that one is missing.
 */
async function unlisted({ queue }: Deps, waiting: readonly IdleJob[]): Promise<IdleJob[]> {
  const sample = waiting[Math.floor(Math.random() * waiting.length)];
  if (sample === undefined || (await queue.isListed(sample))) return [];
  const areListed = await Promise.all(waiting.map((job) => queue.isListed(job)));
  return waiting.filter((_, index) => !areListed[index]);
}

async function reEnqueue({ db, queue, metrics }: Deps, jobs: readonly JobData[]): Promise<number> {
  if (jobs.length === 0) return 0;
  const claimed = await claimNextGenerations(db.prisma, jobs);
  await Promise.all(claimed.map(({ hasBegun, ...job }) => queue.enqueue(job, hasBegun ? 'rest' : 'first')));
  metrics.reEnqueued.inc(claimed.length);
  return claimed.length;
}
