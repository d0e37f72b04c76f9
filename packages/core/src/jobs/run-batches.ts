import type { Deps } from '../deps.ts';
import { processedOf } from '../progress/progress.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import type { JobData } from './job.ts';
import { writeBatch } from './write-batch.ts';

/** While the database commits one batch, the next one is on its way. More than two wait for each other at the row. */
const BATCHES_IN_FLIGHT = 2;

/**
 * Runs open batches, the lowest first, until all are written, one is superseded, or `goesOn` says no.
 *
 * @param goesOn asked after each batch
 * @returns where the registration stands after the last batch written; null when none was
 * @throws transient errors of any batch; the others in flight are over by then
 */
export async function runBatches(
  deps: Deps,
  job: JobData,
  openBatches: readonly number[],
  goesOn: (after: RegistrationSnapshot) => boolean,
): Promise<RegistrationSnapshot | null> {
  const numbers = openBatches.values();
  let after: RegistrationSnapshot | null = null;
  let isOver = false;
  const runInTurn = async () => {
    for (const batchNo of numbers) {
      const outcome = await writeBatch(deps, job, batchNo);
      if (outcome.kind === 'superseded') isOver = true;
      else {
        after = later(after, outcome.after);
        isOver ||= !goesOn(after);
      }
      if (isOver) return;
    }
  };
  const runs = Array.from({ length: BATCHES_IN_FLIGHT }, () =>
    runInTurn().catch((error: unknown) => {
      isOver = true;
      throw error;
    }),
  );
  // Whatever becomes of one, nothing of this run is left behind when it is over.
  const failed = (await Promise.allSettled(runs)).find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
  return after;
}

/** Answers may come in another order than the batches passed their fences. */
function later(one: RegistrationSnapshot | null, other: RegistrationSnapshot): RegistrationSnapshot {
  return one !== null && processedOf(one) > processedOf(other) ? one : other;
}
