import type { FailureCode } from '@bulk/contract';
import { buildRetryPayloads, type Mentor } from '../batches/build-batch-payload.ts';
import { insertBatches } from '../batches/insert-batches.ts';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import type { StartedAttempt } from './accept-attempt.ts';
import { BEGUN_ATTEMPT, type BegunAttempt, type Standing } from './standing.ts';

/**
 * Begins the next attempt of a registration with failures, and locks its row, so that a second retry at
 * the same moment waits here and then sees what the first one did. null: there is nothing to retry.
 * The first statement of one transaction.
 */
export async function beginAttemptIfFailed(tx: Executor, id: bigint): Promise<BegunAttempt | null> {
  const rows = await tx.$queryRaw<BegunAttempt[]>`
    update bulk_registrations r
    set attempt = attempt + 1
    where id = ${id}::bigint
      and status in ('completed', 'failed')
      and failure_count > 0
    returning ${BEGUN_ATTEMPT}`;
  return rows[0] ?? null;
}

/**
 * Lists the mentors who have failed, in the order of their positions. For after `mergeResults`.
 *
 * @param errorCodes only those who failed with one of these; null: all
 */
export async function listFailedMentors(
  tx: Executor,
  registrationId: bigint,
  errorCodes: readonly FailureCode[] | null,
): Promise<Mentor[]> {
  const codes = errorCodes && [...errorCodes];
  // As JSON text: many times cheaper to parse than 100,000 rows.
  const rows = await tx.$queryRaw<Array<{ mentors: string | null }>>`
    select json_agg(json_build_object('position', position, 'mentorId', mentor_id) order by position)::text as mentors
    from registration_entries
    where registration_id = ${registrationId}::bigint
      and attempt = 1
      and error_code <> ''
      and (${codes}::text[] is null or error_code = any (${codes}::text[]))`;
  return JSON.parse(rows[0]?.mentors ?? '[]') as Mentor[];
}

export interface AttemptRequest {
  registrationId: bigint;
  /** null: as in the attempt before. */
  overrideDuplicates: boolean | null;
  mentors: readonly Mentor[];
  batchSize: number;
  /** Who asked for it. */
  actor: string;
  before: Standing;
}

/** Stores the batches of an attempt that has begun and who asked for it, and sets its registration back to processing. */
export async function startAttempt(
  tx: Executor,
  { registrationId, overrideDuplicates, mentors, batchSize, actor, before }: AttemptRequest,
): Promise<StartedAttempt> {
  const [started] = await tx.$queryRaw<[StartedAttempt]>`
    with registration as (
      update bulk_registrations
      set
        status = 'processing',
        generation = generation + 1,
        turn = null,
        override_duplicates = coalesce(${overrideDuplicates}::boolean, override_duplicates),
        failure_count = failure_count - ${mentors.length}::integer,
        completed_at = null,
        updated_at = clock_timestamp()
      where id = ${registrationId}::bigint
      returning id as registration_id, attempt, generation, mentor_count, override_duplicates, updated_at
    ),
    history as (
      insert into registration_history (
        registration_id, action, actor, mentor_count, override_duplicates, standing_before
      )
      select
        registration_id,
        'retried',
        ${actor},
        ${mentors.length}::integer,
        override_duplicates,
        ${JSON.stringify(before)}::jsonb
      from registration
    ),
    batches as (${insertBatches(Prisma.sql`registration`, buildRetryPayloads(mentors, batchSize))})
    select attempt, generation, mentor_count as "mentorCount", updated_at as "updatedAt"
    from registration`;
  return started;
}
