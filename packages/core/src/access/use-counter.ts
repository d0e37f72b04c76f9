import type { Database } from '../database/client.ts';
import { countUse, type Limit, type Use } from './limits.ts';

/** The part of what is left that a process takes at once. */
const LOT = 1 / 20;
const MAX_LOT = 1_000;

interface Lot {
  /** What this process may still give to the caller without asking the database. */
  held: number;
  /** What was left for all processes when the database was asked last. */
  remaining: number;
}

/**
 * Makes a function that counts one use of a limit by a caller, as `countUse` does, but asks the database for
 * many at once while much is left. Near the end of the quota it asks for one at a time. A caller never gets
 * more than its quota. It may get less, by a part of a twentieth, when it changes between processes.
 *
 * It throws transient errors of the database. What it knows without the database it tells without a promise.
 */
export function createUseCounter(db: Database, limit: Limit): (caller: string) => Use | Promise<Use> {
  const lots = new Map<string, Lot>();
  /** The windows of all callers end together, at a full second of the database's clock that is rounded up here. */
  let windowEnd = 0;

  return (caller) => {
    // In the last second of a window each use is counted by itself: the next window may have begun.
    if (performance.now() >= windowEnd - 1_000) lots.clear();
    const lot = lots.get(caller);
    const resetSeconds = Math.ceil((windowEnd - performance.now()) / 1_000);
    if (lot && lot.held > 0) {
      lot.held -= 1;
      return { isAllowed: true, remaining: lot.remaining + lot.held, resetSeconds };
    }
    if (lot?.remaining === 0) return { isAllowed: false, remaining: 0, resetSeconds };

    return takeLot(caller, lot);
  };

  async function takeLot(caller: string, lot: Lot | undefined): Promise<Use> {
    let amount = Math.min(MAX_LOT, Math.max(1, Math.floor((lot?.remaining ?? 0) * LOT)));
    let use = await countUse(db.prisma, limit, caller, amount);
    if (!use.isAllowed && amount > 1) {
      amount = 1;
      use = await countUse(db.prisma, limit, caller, amount);
    }
    windowEnd = performance.now() + use.resetSeconds * 1_000;
    const held = (lots.get(caller)?.held ?? 0) + (use.isAllowed ? amount - 1 : 0);
    lots.set(caller, { held, remaining: use.remaining });
    return { ...use, remaining: use.remaining + held };
  }
}
