import { textArray } from './array-literal.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';

/** The next attempt of a registration whose row this transaction now holds. */
export interface NewAttempt {
  attempt: number;
}

/**
 * First of two statements of a retry, in one transaction: takes the row, so that of two retries
 * at once the second waits here and then sees what the first one did. As a single statement both
 * would read the same ledger.
 */
export async function beginAttemptIfFailed(tx: Executor, id: bigint): Promise<NewAttempt | null> {
  const rows = await tx.$queryRaw<NewAttempt[]>`
    update bulk_registrations
    set attempt = attempt + 1
    where id = ${id}::bigint
      and status in ('completed', 'failed')
      and failure_count > 0
    returning attempt`;
  return rows[0] ?? null;
}

export interface AttemptRequest {
  registrationId: bigint;
  attempt: number;
  /** null: as in the attempt before. */
  overrideDuplicates: boolean | null;
  /** null: every failed mentor. */
  mentorIds: readonly string[] | null;
  batchSize: number;
}

export interface StartedAttempt {
  ring: number;
  mentorCount: number;
  updatedAt: Date;
}

/**
 * Second statement: the work list, read from the ledger, and the registration back to processing.
 * null when no mentor is on the list; the transaction must then be rolled back.
 */
export async function startAttempt(tx: Executor, request: AttemptRequest): Promise<StartedAttempt | null> {
  const rows = await tx.$queryRaw<StartedAttempt[]>`
    with failed as (${failedMentors(request.registrationId)}),
    work as (
      insert into registration_attempts (registration_id, attempt, positions, override_duplicates, batch_size)
      select
        ${request.registrationId}::bigint,
        ${request.attempt}::integer,
        array_agg(position order by position),
        coalesce(
          ${request.overrideDuplicates}::boolean,
          (
            select override_duplicates
            from registration_attempts
            where registration_id = ${request.registrationId}::bigint
              and attempt = ${request.attempt - 1}::integer
          )
        ),
        ${request.batchSize}::integer
      from failed
      where ${request.mentorIds === null}::boolean
        or mentor_id in (select unnest(${textArray(request.mentorIds ?? [])}::text[]))
      having count(*) > 0
      returning cardinality(positions) as length
    )
    update bulk_registrations r
    set
      status = 'processing',
      ring = r.ring + 1,
      failure_count = r.failure_count - work.length,
      completed_at = null,
      updated_at = clock_timestamp()
    from work
    where r.id = ${request.registrationId}::bigint
    returning r.ring, r.mentor_count as "mentorCount", r.updated_at as "updatedAt"`;
  return rows[0] ?? null;
}

/** Which of the given mentors are none of the registration's failed ones: 0-based indexes into the list. */
export async function findNotFailed(
  tx: Executor,
  registrationId: bigint,
  mentorIds: readonly string[],
): Promise<number[]> {
  const rows = await tx.$queryRaw<Array<{ index: number }>>`
    with failed as (${failedMentors(registrationId)})
    select (given.ordinality - 1)::integer as index
    from unnest(${textArray(mentorIds)}::text[]) with ordinality as given (mentor_id)
    where given.mentor_id not in (select mentor_id from failed)
    order by index`;
  return rows.map((row) => row.index);
}

/** The mentors whose latest result is a failure: position and mentor_id. */
function failedMentors(registrationId: bigint): Prisma.Sql {
  return Prisma.sql`
    select latest.position, mentor.mentor_id
    from (
      select distinct on (position) position, error_code
      from registration_entries
      where registration_id = ${registrationId}::bigint
      order by position, attempt desc
    ) latest
    join (
      select mentor_id, ordinality::integer as position
      from bulk_registrations r
      cross join lateral unnest(r.mentor_ids) with ordinality as m (mentor_id)
      where r.id = ${registrationId}::bigint
    ) mentor using (position)
    where latest.error_code <> ''`;
}
