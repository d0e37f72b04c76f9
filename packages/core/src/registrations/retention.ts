import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';

/** What one statement deletes at most. */
interface Piece {
  registrations: number;
  /** A registration goes as a whole, so one that has more is a piece of its own. */
  mentors: number;
}

/**
 * Deletes registrations that ended more than so many days ago, the oldest first, with their batches and their
 * history. Their activities stay.
 *
 * The row and its first batch are locked first, and what another transaction has locked is left for later. So a retry
 * that comes at the same moment either comes first, and the registration stays, or finds nothing. An undo or a deletion
 * of a cancelled registration locks the batches before the row (`batchesLeftRunning`): it has none yet, or all of them.
 *
 * @returns how many were deleted; 0: no more are due
 */
export function deleteExpiredRegistrations(db: Executor, days: number, piece: Piece): Promise<number> {
  return db.$executeRaw`
    with expired as (
      select r.id, r.completed_at, r.mentor_count
      from bulk_registrations r
      join registration_batches b
        on b.registration_id = r.id
        and b.attempt = 1
        and b.batch_no = 0
      where r.completed_at < ${cutoff(days)}
      order by r.completed_at
      limit ${piece.registrations}::integer
      for update skip locked
    ),
    counted as (
      select id, sum(mentor_count) over (order by completed_at, id) - mentor_count as mentors_before
      from expired
    ),
    chosen as materialized (
      select id
      from counted
      where mentors_before < ${piece.mentors}::integer
    ),
    history as (
      delete from registration_history
      where registration_id in (select id from chosen)
    )
    delete from bulk_registrations
    where id in (select id from chosen)`;
}

/**
 * Deletes the history of registrations that somebody deleted more than so many days ago.
 *
 * @returns how many entries were deleted; 0: no more are due
 */
export function deleteExpiredHistory(db: Executor, days: number, limit: number): Promise<number> {
  return db.$executeRaw`
    delete from registration_history
    where registration_id in (
      select registration_id
      from registration_history
      where action = 'deleted'
        and at < ${cutoff(days)}
      order by at
      limit ${limit}::integer
    )`;
}

function cutoff(days: number): Prisma.Sql {
  return Prisma.sql`now() - ${days}::integer * interval '1 day'`;
}
