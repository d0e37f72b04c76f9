import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@bulk/core/testing';
import type { Load } from './load.ts';
import type { World } from './world.ts';

/** From a fault to progress: lock 10 s, stalled check 3 s, sweep 3 s. */
export const PROMISED_MS = 16_000;

interface Unfinished {
  id: bigint;
  attempt: number;
  done: number;
}

/**
 * Measures how long after a fault everything moves again: a registration submitted now is accepted and
 * done, and each of those that are processing now has got further.
 *
 * @returns milliseconds, and what did not move within the bound
 */
export async function measureRecovery(
  world: World,
  load: Load,
  boundMs: number,
): Promise<{ ms: number; stuck: string[] }> {
  const startedAt = performance.now();
  const deadline = startedAt + boundMs;
  const canary = untilDone(world, load, deadline);
  const answered = waitFor(() => listUnfinished(world), { timeoutMs: boundMs, intervalMs: 50 });
  const before = await answered.catch(() => null);
  let left = before ?? [];
  while (left.length > 0 && performance.now() < deadline) {
    await delay(20);
    const now = await listUnfinished(world).catch(() => null);
    if (now !== null) left = left.filter((each) => !hasMoved(each, now));
  }
  const stuck = left.map((each) => `bulk-${each.id} did not move`);
  if (before === null) stuck.push('PostgreSQL did not come back');
  if (!(await canary)) stuck.push('nothing new was accepted and done');
  return { ms: performance.now() - startedAt, stuck };
}

async function untilDone(world: World, load: Load, deadline: number): Promise<boolean> {
  while (performance.now() < deadline) {
    const entry = await load.submit();
    while (entry.id !== null && performance.now() < deadline) {
      await world.actions.read(entry);
      // The load may have deleted it, or seen the end of it first: then nothing new is read here.
      if (entry.deletion !== 'none' || (entry.seen?.status ?? 'processing') !== 'processing') return true;
      await delay(30);
    }
    await delay(50);
  }
  return false;
}

function listUnfinished({ db }: World): Promise<Unfinished[]> {
  return db.prisma.$queryRaw<Unfinished[]>`
    select id, attempt, success_count + failure_count + undone_count + kept_count as done
    from bulk_registrations
    where status = 'processing'
    order by id`;
}

function hasMoved(before: Unfinished, now: readonly Unfinished[]): boolean {
  const same = now.find((each) => each.id === before.id);
  return same === undefined || same.attempt !== before.attempt || same.done !== before.done;
}
