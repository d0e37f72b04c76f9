import type { Executor } from '../database/executor.ts';

/** A sweeper that is silent for longer than this has died. */
const LEASE_MS = 5_000;

/**
 * Claims the sweep that is due, for one of all workers, by the database's clock: nobody else gets it before
 * `endSweep`, unless this worker dies.
 *
 * @param everyMs between the end of a sweep and the next
 * @returns the registration after which the last sweep ended; null: none is due
 */
export async function claimSweep(
  db: Executor,
  { everyMs }: { everyMs: number },
): Promise<{ afterId: bigint } | null> {
  const rows = await db.$queryRaw<Array<{ afterId: bigint }>>`
    update sweeps
    set swept_at = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'
    where swept_at < clock_timestamp() - ${everyMs}::integer * interval '1 millisecond'
    returning after_id as "afterId"`;
  return rows[0] ?? null;
}

/** Keeps the claim, and remembers how far the sweep has come. */
export async function extendSweep(db: Executor, afterId: bigint): Promise<void> {
  await db.$executeRaw`
    update sweeps
    set after_id = ${afterId}::bigint,
      swept_at = clock_timestamp() + ${LEASE_MS}::integer * interval '1 millisecond'`;
}

/** Gives the claim back. */
export async function endSweep(db: Executor): Promise<void> {
  await db.$executeRaw`update sweeps set swept_at = clock_timestamp()`;
}
