import { type DelayReason, LIMITS, type RegistrationStatus } from '@bulk/contract';
import { startOfAttempt } from './details.ts';
import type { Executor } from './executor.ts';

/** Where a registration stands, without anything that grows with its mentors. */
export interface StateRow {
  id: bigint;
  status: RegistrationStatus;
  attempt: number;
  mentorCount: number;
  successCount: number;
  failureCount: number;
  delayReason: DelayReason | null;
  delayedSince: Date | null;
  updatedAt: Date;
  completedAt: Date | null;
  startedAt: Date | null;
  /** Of those that were created earlier, how many are processing; counted up to a limit. */
  waitingAhead: number;
}

/** The states of many, in one snapshot. Which are ahead is read once for all, from the index of those processing. */
export function listStates(db: Executor, ids: readonly bigint[]): Promise<StateRow[]> {
  return db.$queryRaw<StateRow[]>`
    with earliest as (
      select id
      from bulk_registrations
      where status = 'processing'
      order by id
      limit ${LIMITS.countedAhead}::integer
    ),
    ahead as (
      select id, row_number() over (order by id) - 1 as count
      from earliest
    )
    select
      r.id,
      r.status::text as status,
      r.attempt,
      r.mentor_count as "mentorCount",
      r.success_count as "successCount",
      r.failure_count as "failureCount",
      r.last_error as "delayReason",
      r.last_error_at as "delayedSince",
      r.updated_at as "updatedAt",
      r.completed_at as "completedAt",
      (${startOfAttempt}) as "startedAt",
      case
        when r.status = 'processing' then coalesce(ahead.count, ${LIMITS.countedAhead}::bigint)
        else 0
      end::integer as "waitingAhead"
    from bulk_registrations r
    left join ahead using (id)
    where r.id = any(${ids}::bigint[])`;
}
