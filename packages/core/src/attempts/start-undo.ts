import type { Executor } from '../database/executor.ts';
import type { StartedAttempt } from './accept-attempt.ts';
import { BEGUN_ATTEMPT, type BegunAttempt, type Standing } from './standing.ts';

/**
 * Begins an undo of a registration with successes, and locks its row. null: there is nothing to undo, or it was
 * cancelled after its batches were to be locked.
 *
 * @param cancelledAttempt of the cancelled registration whose batches are locked
 */
export async function beginUndoIfSucceeded(
  tx: Executor,
  id: bigint,
  cancelledAttempt: number | null,
): Promise<BegunAttempt | null> {
  const rows = await tx.$queryRaw<BegunAttempt[]>`
    update bulk_registrations r
    set attempt = attempt + 1
    where id = ${id}::bigint
      and (status = 'completed' or (status = 'cancelled' and attempt = ${cancelledAttempt}::integer))
      and success_count > 0
    returning ${BEGUN_ATTEMPT}`;
  return rows[0] ?? null;
}

export interface UndoRequest {
  registrationId: bigint;
  batchSize: number;
  /** Who asked for it. */
  actor: string;
  before: Standing;
}

/**
 * Stores the batches of an undo that has begun and who asked for it, and sets its registration back to processing.
 * A batch names the activity of each of its mentors. For after `mergeResults`.
 */
export async function startUndo(
  tx: Executor,
  { registrationId, batchSize, actor, before }: UndoRequest,
): Promise<StartedAttempt> {
  const [started] = await tx.$queryRaw<[StartedAttempt]>`
    with registration as (
      update bulk_registrations
      set
        status = 'processing',
        generation = generation + 1,
        turn = null,
        success_count = 0,
        undo_pending = success_count,
        undo_count = undo_count + 1,
        completed_at = null,
        updated_at = clock_timestamp()
      where id = ${registrationId}::bigint
      returning id as registration_id, attempt, generation, mentor_count, undo_pending, updated_at
    ),
    history as (
      insert into registration_history (registration_id, action, actor, mentor_count, standing_before)
      select registration_id, 'undone', ${actor}, undo_pending, ${JSON.stringify(before)}::jsonb
      from registration
    ),
    success as (
      select
        position,
        mentor_id,
        activity_id,
        (row_number() over (order by position) - 1) / ${batchSize}::integer as batch_no
      from registration_entries
      where registration_id = ${registrationId}::bigint
        and attempt = 1
        and error_code = ''
    ),
    batches as (
      insert into registration_batches (
        registration_id, attempt, batch_no, first_position, last_position, positions, mentor_ids, undo_ids
      )
      select
        registration_id,
        attempt,
        batch_no,
        min(position),
        max(position),
        case when max(position) - min(position) >= count(*) then array_agg(position order by position) end,
        array_agg(mentor_id order by position),
        array_agg(activity_id order by position)
      from registration
      cross join success
      group by registration_id, attempt, batch_no
    )
    select attempt, generation, mentor_count as "mentorCount", updated_at as "updatedAt"
    from registration`;
  return started;
}
