import type { Executor } from '../database/executor.ts';

/**
 * Moves the results of an attempt that is over into the batches of the first attempt, and deletes its own batches.
 * So a registration never has more batches than those of the first and of the current attempt, and reading it does
 * not get slower with each attempt. Where a cancel came before a batch, its mentors are cancelled, or what they
 * were before it was an undo.
 *
 * @param attempt of the first attempt nothing is moved
 */
export async function mergeResults(
  tx: Executor,
  { registrationId, attempt }: { registrationId: bigint; attempt: number },
): Promise<void> {
  if (attempt === 1) return;
  await tx.$executeRaw`
    with latest as (
      -- Grouped, not joined: the planner takes lists of 100,000 for short, and would compare all with all.
      select
        position,
        min(batch_no) filter (where attempt = 1) as batch_no,
        max(attempt) as attempt,
        coalesce(
          max(error_code) filter (where attempt = ${attempt}::integer),
          max('cancelled'::text) filter (where attempt = ${attempt}::integer and not is_undo),
          max(error_code) filter (where attempt = 1)
        ) as error_code,
        max(activity_id) filter (where error_code in ('', 'activity_changed', 'delete_refused')) as activity_id
      from registration_entries
      where registration_id = ${registrationId}::bigint
      group by position
    ),
    merged as (
      select
        batch_no,
        array_agg(
          case when error_code in ('', 'activity_changed', 'delete_refused') then activity_id else 0 end
          order by position
        ) as activity_ids,
        array_agg(error_code order by position) as error_codes
      from latest
      group by batch_no
      having max(attempt) > 1
    )
    update registration_batches b
    set activity_ids = merged.activity_ids, error_codes = merged.error_codes
    from merged
    where b.registration_id = ${registrationId}::bigint
      and b.attempt = 1
      and b.batch_no = merged.batch_no`;
  await tx.registrationBatch.deleteMany({ where: { registrationId, attempt } });
}
