import { LIMITS, type TotalsResponse } from '@bulk/contract';
import type { Caller } from '../access/caller.ts';
import { andInScope } from '../access/scope.ts';
import { cached } from '../cached.ts';
import type { Executor } from '../database/executor.ts';
import type { Deps } from '../deps.ts';

/** Scopes whose totals are kept; of more, the oldest is forgotten. */
const KNOWN_SCOPES = 1_000;

/**
 * Makes a function that counts what a caller sees: registrations that are processing, failed lately, and mentors
 * registered lately. The totals of a scope are read once in two seconds at most.
 *
 * @throws transient errors of the database
 */
export function createTotalsReader({ db }: Pick<Deps, 'db'>): (caller: Caller) => Promise<TotalsResponse> {
  const readers = new Map<string, () => Promise<TotalsResponse>>();
  return ({ coordinatorIds }) => {
    const scope = JSON.stringify(coordinatorIds?.toSorted() ?? null);
    const read = readers.get(scope) ?? cached(() => readTotals(db.prisma, coordinatorIds));
    readers.set(scope, read);
    const [oldest] = readers.keys();
    if (readers.size > KNOWN_SCOPES && oldest !== undefined) readers.delete(oldest);
    return read();
  };
}

/** Reads at most `countedTotal` rows of each kind, all by an index; the last one more tells that there are more. */
async function readTotals(db: Executor, coordinatorIds: readonly string[] | null): Promise<TotalsResponse> {
  const ofScope = andInScope(coordinatorIds);
  const [row] = await db.$queryRaw<[TotalsRow]>`
    with processing as (
      select
      from bulk_registrations
      where status = 'processing'
        ${ofScope}
      limit ${LIMITS.countedTotal + 1}::integer
    ),
    failed as (
      select
      from bulk_registrations
      where status = 'failed'
        and created_at > now() - interval '24 hours'
        ${ofScope}
      limit ${LIMITS.countedTotal + 1}::integer
    ),
    recent as (
      select success_count
      from bulk_registrations
      where created_at > now() - interval '7 days'
        ${ofScope}
      limit ${LIMITS.countedTotal + 1}::integer
    )
    select
      (select count(*)::integer from processing) as processing,
      (select count(*)::integer from failed) as failed,
      (select count(*)::integer from recent) as recent,
      (select coalesce(sum(success_count), 0)::integer from recent) as mentors`;
  return {
    processing: counted(row.processing),
    failed_last_day: counted(row.failed),
    mentors_last_week: { count: row.mentors, is_exact: counted(row.recent).is_exact },
  };
}

interface TotalsRow {
  processing: number;
  failed: number;
  /** Registrations of the last week. */
  recent: number;
  /** Their mentors. At most 10,001 times 100,000, which an integer holds. */
  mentors: number;
}

function counted(rows: number): TotalsResponse['processing'] {
  return { count: Math.min(rows, LIMITS.countedTotal), is_exact: rows <= LIMITS.countedTotal };
}
