import type { Deps } from '../deps.ts';
import type { JobData, QueueName } from '../jobs/job.ts';
import { findOpenAttempt } from '../jobs/open-attempt.ts';
import { type RunOutcome, runJob } from '../jobs/run-job.ts';
import { writeBatch } from '../jobs/write-batch.ts';
import { parseRegistrationId } from '../registrations/ids.ts';

/** The job of the current generation of a registration, whatever its status. */
export async function currentJob({ db }: Pick<Deps, 'db'>, id: string): Promise<JobData> {
  const row = await db.prisma.bulkRegistration.findUniqueOrThrow({
    where: { id: parseRegistrationId(id) ?? 0n },
    select: { id: true, attempt: true, generation: true },
  });
  return { registrationId: row.id.toString(), attempt: row.attempt, generation: row.generation };
}

/** Runs the current attempt to its end here and now, as workers would, one job after the other. */
export async function runChain(deps: Deps, id: string): Promise<RunOutcome[]> {
  const outcomes: RunOutcome[] = [];
  let job: JobData | null = await currentJob(deps, id);
  let queueName: QueueName = 'first';
  while (job !== null) {
    const outcome: RunOutcome = await runOnce(deps, job, queueName);
    outcomes.push(outcome);
    job = outcome.kind === 'handed_over' ? outcome.next : null;
    queueName = 'rest';
  }
  return outcomes;
}

export function runOnce(deps: Deps, job: JobData, queueName: QueueName = 'first'): Promise<RunOutcome> {
  return runJob(deps, job, { queueName, signal: new AbortController().signal, onProgress: () => {} });
}

/** Writes the first batch of the current attempt that is not written, and nothing else. */
export async function runNextBatch(deps: Deps, id: string): Promise<void> {
  const job = await currentJob(deps, id);
  const open = await findOpenAttempt(deps.db.prisma, job);
  const [batchNo] = open?.openBatches ?? [];
  if (batchNo === undefined) throw new Error(`${id} has no open batch`);
  await writeBatch(deps, job, batchNo);
}
