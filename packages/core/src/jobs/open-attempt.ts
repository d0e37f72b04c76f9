import type { Executor } from '../database/executor.ts';
import type { RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { SNAPSHOT_COLUMNS } from '../progress/registration-snapshot.ts';
import type { JobData } from './job.ts';

/** An attempt that is processing, and the numbers of its batches that are not written, the lowest first. */
export interface OpenAttempt {
  snapshot: RegistrationSnapshot;
  openBatches: number[];
}

/** Reads what is left to do for a job; null if the job is stale, or its attempt over. */
export async function findOpenAttempt(
  db: Executor,
  { registrationId, attempt, generation }: JobData,
): Promise<OpenAttempt | null> {
  const rows = await db.$queryRaw<Array<RegistrationSnapshot & { openBatches: string }>>`
    select
      ${SNAPSHOT_COLUMNS},
      to_json(array(
        select b.batch_no
        from registration_batches b
        where b.registration_id = r.id
          and b.attempt = r.attempt
          and b.processed_at is null
        order by b.batch_no
      ))::text as "openBatches"
    from bulk_registrations r
    where r.id = ${BigInt(registrationId)}::bigint
      and r.attempt = ${attempt}::integer
      and r.generation = ${generation}::integer
      and r.status = 'processing'`;
  if (rows[0] === undefined) return null;
  const { openBatches, ...snapshot } = rows[0];
  return { snapshot, openBatches: JSON.parse(openBatches) as number[] };
}
