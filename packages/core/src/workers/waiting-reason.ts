import { WAITING_REASONS, type WaitingReason, type WaitingReasonCode } from '@bulk/contract';
import type { Deps } from '../deps.ts';
import { countWorkers } from './heartbeat.ts';

/** How often it is looked for while somebody asks. */
const REFRESH_MS = 2_000;

/** What was found longer ago may be over. */
const KNOWN_FOR_MS = 10_000;

/**
 * Makes a function that says why no registration at all is worked on: no worker is seen, or the queue is
 * paused. It answers at once with what was found last, and looks again in the background. null: work goes on,
 * or it is not known.
 */
export function createWaitingReasonReader(deps: Pick<Deps, 'db' | 'queue'>): () => WaitingReason | null {
  let found: WaitingReason | null = null;
  let foundAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;

  const look = async () => {
    found = await findWaitingReason(deps);
    foundAtMs = performance.now();
  };

  return () => {
    const nowMs = performance.now();
    if (nowMs - askedAtMs > REFRESH_MS) {
      askedAtMs = nowMs;
      // What is unknown is not told: that the database or the queue is away is told elsewhere.
      look().catch(() => {});
    }
    return nowMs - foundAtMs < KNOWN_FOR_MS ? found : null;
  };
}

/** @throws transient errors of the database and the queue */
async function findWaitingReason({ db, queue }: Pick<Deps, 'db' | 'queue'>): Promise<WaitingReason | null> {
  const { alive, lastSeenAt } = await countWorkers(db.prisma);
  if (alive === 0) return reason('no_worker', lastSeenAt);
  return (await queue.isPaused()) ? reason('queue_paused', null) : null;
}

function reason(code: WaitingReasonCode, since: Date | null): WaitingReason {
  return { code, since: since?.toISOString() ?? null, message: WAITING_REASONS[code] };
}
