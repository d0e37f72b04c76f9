import type { Executor } from '../database/executor.ts';

export interface Processing {
  /** Counted up to `MAX_COUNTED`. */
  count: number;
  /** Since the oldest of them was accepted, or its retry or undo was; 0: none is processing. */
  oldestSeconds: number;
}

const MAX_COUNTED = 100_000;

/** Those that were created first are looked at; of others only a retry or an undo can have begun earlier. */
const MAX_OLDEST = 1_000;

/** Reads how many registrations are processing, and since when, from the index of those processing. */
export async function findProcessing(db: Executor): Promise<Processing> {
  const [found] = await db.$queryRaw<Processing[]>`
    select
      (
        select count(*)
        from (select from bulk_registrations where status = 'processing' limit ${MAX_COUNTED}::integer) as counted
      )::integer as count,
      coalesce(extract(epoch from clock_timestamp() - min(accepted_at)), 0)::float8 as "oldestSeconds"
    from (
      select
        case
          when r.attempt = 1 then r.created_at
          else (
            select max(h.at)
            from registration_history h
            where h.registration_id = r.id and h.action in ('retried', 'undone')
          )
        end as accepted_at
      from bulk_registrations r
      where r.status = 'processing'
      order by r.id
      limit ${MAX_OLDEST}::integer
    ) as oldest`;
  return found ?? { count: 0, oldestSeconds: 0 };
}
