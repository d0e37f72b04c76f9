import type { Executor } from '../database/executor.ts';

/** How much a caller may use in a window of time. */
export interface Limit {
  readonly name: 'requests' | 'mentors';
  readonly quota: number;
  readonly windowSeconds: number;
}

export interface Use {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Until the window is over. */
  readonly resetSeconds: number;
}

/**
 * Counts what a caller uses, unless it is more than the limit leaves. All processes count together: windows
 * begin by the database's clock. What a caller asks for at the same moment is counted one by one.
 *
 * @throws transient errors of the database
 */
export async function countUse(
  db: Executor,
  { name, quota, windowSeconds }: Limit,
  caller: string,
  amount: number,
): Promise<Use> {
  const rows = await db.$queryRaw<[{ used: bigint; isAllowed: boolean; resetSeconds: number }]>`
    with current as (
      select
        to_timestamp(floor(extract(epoch from clock_timestamp()) / ${windowSeconds}::integer) * ${windowSeconds}::integer)
          as window_start
    ),
    counted as (
      insert into used_limits as u (name, caller, window_start, used)
      select ${name}, ${caller}, window_start, ${amount}::bigint
      from current
      where ${amount}::bigint <= ${quota}::bigint
      on conflict (name, caller) do update
      set
        window_start = excluded.window_start,
        used = case when u.window_start = excluded.window_start then u.used else 0 end + excluded.used
      where u.window_start <> excluded.window_start
        or u.used + excluded.used <= ${quota}::bigint
      returning used
    )
    select
      coalesce(counted.used, u.used, 0) as used,
      counted.used is not null as "isAllowed",
      ceil(extract(epoch from current.window_start - clock_timestamp()) + ${windowSeconds}::integer)::integer
        as "resetSeconds"
    from current
    left join counted on true
    left join used_limits u
      on u.name = ${name}
      and u.caller = ${caller}
      and u.window_start = current.window_start`;
  const [{ used, isAllowed, resetSeconds }] = rows;
  return {
    isAllowed,
    remaining: Math.max(0, quota - Number(used)),
    resetSeconds: Math.max(1, resetSeconds),
  };
}

/**
 * Counts the registrations of a caller that are processing, up to a limit. Below the limit, nobody else counts those of
 * the same caller until the transaction ends, so a registration that is stored in the transaction can't exceed it.
 */
export async function countInFlight(tx: Executor, caller: string, limit: number): Promise<number> {
  const count = () =>
    tx.bulkRegistration.count({ where: { createdBy: caller, status: 'processing' }, take: limit });
  // Who is at the limit is refused at once, and takes no connection to wait with.
  const before = await count();
  if (before === limit) return before;
  await tx.$executeRaw`select pg_advisory_xact_lock(hashtextextended(${`in flight: ${caller}`}, 0))`;
  // A statement of its own: it must see what others stored while this one waited.
  return count();
}
