import { dropExpiredKeys } from '../db/idempotency-keys.ts';
import { listIdle, takeNextRings } from '../db/registrations.ts';
import { claimSweep } from '../db/sweeps.ts';
import type { Deps } from '../deps.ts';
import type { Message } from '../domain/message.ts';

const PAGE = 200;

/**
 * Rings again for every processing registration that no message lives for: never rung, lost,
 * given up, or flushed with the queue. One worker an interval does it, whichever comes first. It
 * also drops expired idempotency keys.
 *
 * A message that is wrongly taken for dead does no harm: its ring no longer counts.
 *
 * @returns how many chains were rung
 */
export async function sweep(deps: Deps, signal: AbortSignal): Promise<number> {
  const { db, config, log } = deps;
  if (!(await claimSweep(db.prisma, { everyMs: config.sweepMs }))) return 0;

  let rung = 0;
  let afterId = 0n;
  while (!signal.aborted) {
    const idle = await listIdle(db.prisma, { afterId, idleMs: config.sweepMs, limit: PAGE });
    rung += await ringAgain(deps, await withoutMessage(deps, idle));
    const last = idle.at(-1);
    if (last === undefined || idle.length < PAGE) break;
    afterId = BigInt(last.registrationId);
  }
  await dropExpiredKeys(db.prisma, { limit: 1_000 });
  if (rung > 0) log.info({ rung }, 'swept');
  return rung;
}

async function withoutMessage({ queue }: Deps, messages: readonly Message[]): Promise<Message[]> {
  const alive = await Promise.all(messages.map((message) => queue.isAlive(message)));
  return messages.filter((_, index) => !alive[index]);
}

async function ringAgain({ db, queue }: Deps, messages: readonly Message[]): Promise<number> {
  if (messages.length === 0) return 0;
  const taken = await takeNextRings(db.prisma, messages);
  await Promise.all(taken.map((message) => queue.ring(message, 'entry')));
  return taken.length;
}
