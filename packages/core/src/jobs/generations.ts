import type { TransientErrorCode } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import { STARTED_AT } from '../progress/registration-snapshot.ts';
import type { JobData, NewJob } from './job.ts';

/** Claims the next generation of an attempt, and its next turn; null if this job is stale, or the attempt is over. */
export async function claimNextGeneration(db: Executor, job: JobData): Promise<NewJob | null> {
  const [claimed] = await claimNextGenerations(db, [job], NEXT_TURN);
  if (claimed === undefined) return null;
  const { hasBegun: _, ...next } = claimed;
  return next;
}

export interface ClaimedJob extends NewJob {
  /** Whether the first batch of the attempt is written. */
  hasBegun: boolean;
}

/**
 * Gives each coordinator one turn in a round: behind the last turn of the coordinator's own registrations, and not
 * before the round that is going on. So a coordinator with many registrations delays those of others by one
 * time slice in each of theirs, and not by many. One with a transient error stands still and does not say which
 * round is going on: others would pass those who wait, once for each round since. If all stand still, it is the last turn.
 */
const NEXT_TURN = Prisma.sql`
  greatest(
    (
      select max(own.turn) + 1
      from bulk_registrations own
      where own.status = 'processing'
        and own.turn is not null
        and own.coordinator_id = r.coordinator_id
    ),
    coalesce(
      (
        select min(waiting.turn)
        from bulk_registrations waiting
        where waiting.status = 'processing'
          and waiting.turn is not null
          and waiting.coordinator_id <> r.coordinator_id
          and waiting.transient_error is null
      ),
      (
        select max(still.turn)
        from bulk_registrations still
        where still.status = 'processing'
          and still.turn is not null
      )
    ),
    1
  )`;

/** A job that was lost keeps its turn. */
const SAME_TURN = Prisma.sql`
  case when ${STARTED_AT} is not null then coalesce(r.turn, ${NEXT_TURN}) end`;

/** Claims the next generation of many jobs that were lost; stale ones are left out. */
export function claimNextGenerations(
  db: Executor,
  jobs: readonly JobData[],
  turn = SAME_TURN,
): Promise<ClaimedJob[]> {
  return db.$queryRaw<ClaimedJob[]>`
    update bulk_registrations r
    set generation = r.generation + 1, taken_since = null, turn = ${turn}
    from ${rowsOf(jobs)}
    where ${IS_CURRENT}
    returning r.id::text as "registrationId", r.attempt, r.generation, r.mentor_count as "mentorCount", r.turn,
      ${STARTED_AT} is not null as "hasBegun"`;
}

/** Notes that a worker had these jobs at this moment, by the database's clock. */
export async function noteTaken(db: Executor, jobs: readonly JobData[]): Promise<void> {
  await db.$executeRaw`
    update bulk_registrations r
    set taken_since = clock_timestamp()
    from ${rowsOf(jobs)}
    where ${IS_CURRENT}`;
}

function rowsOf(jobs: readonly JobData[]): Prisma.Sql {
  return Prisma.sql`
    unnest(
      ${jobs.map((job) => BigInt(job.registrationId))}::bigint[],
      ${jobs.map((job) => job.attempt)}::integer[],
      ${jobs.map((job) => job.generation)}::integer[]
    ) as mine (id, attempt, generation)`;
}

const IS_CURRENT = Prisma.sql`
  r.id = mine.id
  and r.attempt = mine.attempt
  and r.generation = mine.generation
  and r.status = 'processing'`;

/** The current job of a registration that is processing and has not moved for a while. */
export interface IdleJob extends JobData {
  /** Milliseconds since `noteTaken` saw it; null: it did not, or the registration has moved since. */
  takenForMs: number | null;
}

/** Lists processing registrations that have not moved for `idleMs`, in the order of their ids. */
export function listIdle(
  db: Executor,
  { afterId, idleMs, limit }: { afterId: bigint; idleMs: number; limit: number },
): Promise<IdleJob[]> {
  return db.$queryRaw<IdleJob[]>`
    select
      id::text as "registrationId",
      attempt,
      generation,
      case when taken_since > updated_at
        then extract(epoch from clock_timestamp() - taken_since)::float8 * 1000
      end as "takenForMs"
    from bulk_registrations
    where status = 'processing'
      and id > ${afterId}::bigint
      and updated_at < clock_timestamp() - ${idleMs}::integer * interval '1 millisecond'
    order by id
    limit ${limit}::integer`;
}

/** Stores why an attempt does not go on, and since when: the first transient error after its last progress. */
export async function recordTransientError(
  db: Executor,
  { registrationId, attempt }: { registrationId: bigint; attempt: number },
  code: TransientErrorCode,
): Promise<void> {
  await db.$executeRaw`
    update bulk_registrations
    set transient_error = ${code}, transient_error_since = coalesce(transient_error_since, clock_timestamp())
    where id = ${registrationId}::bigint
      and attempt = ${attempt}::integer
      and status = 'processing'`;
}
