import type { FailureCode, OperationsResponse } from '@bulk/contract';
import { FAILURE_CODES } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import type { Deps } from '../deps.ts';

/**
 * Makes a function that adds to the table what this process has counted since it last did. What cannot be stored is
 * stored the next time.
 *
 * @throws transient errors of the database
 */
export function createResultCounter({ db, metrics }: Pick<Deps, 'db' | 'metrics'>): () => Promise<void> {
  let stored = new Map<string, number>();
  return async () => {
    const { values } = await metrics.mentorResults.get();
    const counted = new Map(values.map(({ labels, value }) => [String(labels.error_code), value]));
    const added = [...counted]
      .map(([errorCode, mentors]) => ({ errorCode, mentors: mentors - (stored.get(errorCode) ?? 0) }))
      .filter(({ mentors }) => mentors > 0);
    if (added.length > 0) await addCounts(db.prisma, added);
    stored = counted;
  };
}

async function addCounts(
  db: Executor,
  added: readonly { errorCode: string; mentors: number }[],
): Promise<void> {
  // In one order, so that two workers never wait for each other.
  await db.$executeRaw`
    insert into result_counts as c (minute, error_code, mentors)
    select date_trunc('minute', clock_timestamp()), error_code, mentors
    from unnest(
      ${added.map(({ errorCode }) => errorCode)}::text[],
      ${added.map(({ mentors }) => mentors)}::bigint[]
    ) as added (error_code, mentors)
    order by error_code
    on conflict (minute, error_code) do update
    set mentors = c.mentors + excluded.mentors`;
}

/** Reads how many results were written in each of the last 60 minutes, the oldest first; the last one is not over. */
export function readThroughput(db: Executor): Promise<OperationsResponse['throughput']> {
  return db.$queryRaw<OperationsResponse['throughput']>`
    select
      to_char(each.minute at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as minute,
      coalesce(sum(c.mentors), 0)::float8 as mentor_count
    from generate_series(
      date_trunc('minute', clock_timestamp()) - interval '59 minutes',
      date_trunc('minute', clock_timestamp()),
      interval '1 minute'
    ) as each (minute)
    left join result_counts c on c.minute = each.minute
    group by each.minute
    order by each.minute`;
}

/** Counts the mentors who failed in the last 24 hours by error code, the most frequent first. */
export function readFailures(db: Executor): Promise<{ error_code: FailureCode; count: number }[]> {
  return db.$queryRaw<{ error_code: FailureCode; count: number }[]>`
    select error_code, sum(mentors)::float8 as count
    from result_counts
    where minute > clock_timestamp() - interval '24 hours'
      and error_code = any(${FAILURE_CODES}::text[])
    group by error_code
    order by count desc, error_code`;
}

/** Deletes counts that are older than a day. */
export async function dropOldCounts(db: Executor): Promise<void> {
  await db.$executeRaw`delete from result_counts where minute < clock_timestamp() - interval '25 hours'`;
}
