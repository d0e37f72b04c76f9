import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLogger, createQueue } from '@bulk/core';
import { findInconsistencies, waitFor } from '@bulk/core/testing';
import { checkJournal } from './journal-check.ts';
import type { Judged } from './world.ts';

export interface Verdict {
  broken: string[];
  registrations: number;
  mentors: number;
  doubles: number;
  lost: number;
}

const SETTLE_MS = 60_000;

/** For when faults and clients have stopped: waits until all work is done, then checks every promise. */
export async function judge(world: Judged): Promise<Verdict> {
  const unfinished = await untilFinished(world);
  await world.db.prisma.$executeRaw`analyze`;
  const journal = await checkJournal(world);
  const inconsistencies = await findInconsistencies(world);
  const doubles = inconsistencies.filter((text) =>
    /two activities|activity twice|two batches/.test(text),
  ).length;
  const broken = [
    ...unfinished.map((id) => `bulk-${id} is still processing ${SETTLE_MS / 1_000} s after the last fault`),
    ...inconsistencies,
    ...(await findWrongResults(world)),
    ...journal.broken,
    ...(await findLeftJobs(world)),
    ...(await findLeftSessions(world)),
    ...findFatalLogs(world),
    ...world.journal.broken,
  ];
  const [sums] = await world.db.prisma.$queryRaw<Array<{ registrations: number; mentors: number }>>`
    select count(*)::integer as registrations, coalesce(sum(success_count + failure_count + undone_count), 0)::integer as mentors
    from bulk_registrations`;
  return { broken, ...sums!, doubles: doubles + journal.doubles, lost: unfinished.length + journal.lost };
}

async function untilFinished({ db }: Judged): Promise<bigint[]> {
  const list = () =>
    db.prisma.bulkRegistration.findMany({ where: { status: 'processing' }, select: { id: true } });
  const areFinished = async () => (await list()).length === 0;
  await waitFor(areFinished, { timeoutMs: SETTLE_MS, intervalMs: 50 }).catch(() => {});
  return (await list()).map(({ id }) => id);
}

/**
 * Compares the results with what the database says about bad mentors and duplicates. Nobody changes an activity here,
 * so that an undo keeps none. A duplicate may be one of an activity that was undone since.
 */
async function findWrongResults({ db }: Judged): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<Array<{ fault: string; id: bigint; count: number }>>`
    with entries as materialized (
      select
        e.registration_id,
        e.mentor_id,
        e.error_code,
        r.override_duplicates and r.attempt = e.attempt as override_duplicates,
        r.activity_date,
        r.activity_type
      from registration_entries e
      join bulk_registrations r on r.id = e.registration_id
      where e.error_code is not null
    ),
    undone as materialized (
      select activity_date, activity_type, mentor_id
      from entries
      where error_code = 'undone'
    )
    select fault, registration_id as id, count(*)::integer as count
    from (
      select
        registration_id,
        case
          when mentor_id like 'bad-%' and error_code not in ('constraint_violated', 'cancelled')
            then 'a bad record was not refused as such'
          when mentor_id not like 'bad-%' and error_code not in ('', 'duplicate', 'undone', 'cancelled')
            then 'a transient error became a result: ' || error_code
          when error_code = 'duplicate' and override_duplicates then 'a duplicate in spite of override'
          when error_code = 'duplicate' and not exists (
            select from activities x
            where x.activity_date = entries.activity_date
              and x.activity_type = entries.activity_type
              and x.mentor_id = entries.mentor_id
              and x.occurrence = 0
              and x.bulk_registration_id <> entries.registration_id
          ) and (activity_date, activity_type, mentor_id) not in (select * from undone) then 'a duplicate of nothing, or of itself'
        end as fault
      from entries
    ) judged
    where fault is not null
    group by fault, registration_id`;
  return rows.map(({ fault, id, count }) => `${id}: ${fault} (${count} mentors)`);
}

/**
 * At rest no job waits or runs. A retried one may take some seconds to learn that it is not needed; one of a worker
 * that was killed is seen by the second check after its lock has ended.
 */
async function findLeftJobs({ config }: Judged): Promise<string[]> {
  const queue = createQueue(config, createLogger(config, { name: 'faults' }));
  const queues = queue.dashboardQueues();
  const list = async () => {
    const jobs = queues.map((each) => each.getJobs(['waiting', 'active', 'delayed'], 0, 20));
    return (await Promise.all(jobs)).flat();
  };
  const isEmpty = async () => (await list()).length === 0;
  const timeoutMs = config.jobLockMs + 2 * config.stalledCheckMs + 10_000;
  await waitFor(isEmpty, { timeoutMs, intervalMs: 100 }).catch(() => {});
  const left = (await list()).map(
    async (job) => `job ${job.id} is left in the queue, ${await job.getState()}`,
  );
  const texts = await Promise.all(left);
  await queue.close();
  return texts;
}

async function findLeftSessions({ db }: Judged): Promise<string[]> {
  const rows = await db.prisma.$queryRaw<Array<{ state: string; query: string }>>`
    select state, query
    from pg_stat_activity
    where datname = current_database()
      and state like 'idle in transaction%'
      and state_change < clock_timestamp() - interval '2 seconds'`;
  const locks = await db.prisma.$queryRaw<Array<{ pid: number }>>`
    select pid from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
  return [
    ...rows.map(({ state, query }) => `a session is ${state}: ${query.slice(0, 80)}`),
    ...locks.map(({ pid }) => `session ${pid} holds an advisory lock`),
  ];
}

function findFatalLogs({ dir, processes }: Judged): string[] {
  return processes.flatMap((name) => {
    const lines = readFileSync(join(dir, `${name}.log`), 'utf8').split('\n');
    const fatal = lines.filter((line) =>
      /"level":60|unhandledRejection|uncaughtException|triggerUncaught/.test(line),
    );
    return fatal.slice(0, 3).map((line) => `${name} logged: ${line.slice(0, 300)}`);
  });
}
