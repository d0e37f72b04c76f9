import type { Executor } from '../database/executor.ts';

/** Claims the next sweep: true for one caller an interval, whichever worker it is, by the database's clock. */
export async function claimSweep(db: Executor, { everyMs }: { everyMs: number }): Promise<boolean> {
  const count = await db.$executeRaw`
    update sweeps
    set swept_at = clock_timestamp()
    where swept_at < clock_timestamp() - ${everyMs}::integer * interval '1 millisecond'`;
  return count === 1;
}
