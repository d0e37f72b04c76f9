import { LIMITS, type RegistrationStatus, type TransientErrorCode } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';

/** Where a registration stands at one moment. Small, however many mentors it has. */
export interface RegistrationSnapshot {
  id: bigint;
  status: RegistrationStatus;
  attempt: number;
  mentorCount: number;
  successCount: number;
  failureCount: number;
  /** Mentors whose activity an undo has deleted. */
  undoneCount: number;
  /** Mentors whose activity an undo has left. */
  keptCount: number;
  /** How many of the attempts were undos. */
  undoCount: number;
  transientErrorCode: TransientErrorCode | null;
  transientErrorSince: Date | null;
}

/** The columns of a snapshot, of a row `r` of bulk_registrations. */
export const SNAPSHOT_COLUMNS = Prisma.sql`
  r.id,
  r.status::text as status,
  r.attempt,
  r.mentor_count as "mentorCount",
  r.success_count as "successCount",
  r.failure_count as "failureCount",
  r.undone_count as "undoneCount",
  r.kept_count as "keptCount",
  r.undo_count as "undoCount",
  r.transient_error as "transientErrorCode",
  r.transient_error_since as "transientErrorSince"`;

/** When the first batch of the current attempt of registration `r` was written: the lowest number runs first. */
export const STARTED_AT = Prisma.sql`(
  select b.processed_at
  from registration_batches b
  where b.registration_id = r.id
    and b.attempt = r.attempt
    and b.batch_no = 0
)`;

/** An undo comes after all retries: it can't be followed by one. */
export function retriesOf({
  attempt,
  undoCount,
}: Pick<RegistrationSnapshot, 'attempt' | 'undoCount'>): number {
  return attempt - 1 - undoCount;
}

/** Reads where some registrations stand, in one statement; unknown ids are left out. */
export function findSnapshots(db: Executor, ids: readonly bigint[]): Promise<RegistrationSnapshot[]> {
  return db.$queryRaw<RegistrationSnapshot[]>`
    select ${SNAPSHOT_COLUMNS}
    from bulk_registrations r
    where r.id = any (${ids}::bigint[])`;
}

/** Reads where one registration stands; null if there is no such. */
export async function findSnapshot(db: Executor, id: bigint): Promise<RegistrationSnapshot | null> {
  const [snapshot] = await findSnapshots(db, [id]);
  return snapshot ?? null;
}

/** What those who watch a registration are shown, too. */
export interface WatchedSnapshot extends RegistrationSnapshot {
  updatedAt: Date;
  completedAt: Date | null;
  startedAt: Date | null;
  /** How many of those created earlier are processing; counted up to a limit. */
  waitingAhead: number;
}

/** As `findSnapshots`. Which are ahead is read once for all, from the index of those processing. */
export function findWatchedSnapshots(db: Executor, ids: readonly bigint[]): Promise<WatchedSnapshot[]> {
  return db.$queryRaw<WatchedSnapshot[]>`
    with earliest as (
      select id
      from bulk_registrations
      where status = 'processing'
      order by id
      limit ${LIMITS.countedAhead}::integer
    ),
    ahead as (
      select id, row_number() over (order by id) - 1 as count
      from earliest
    )
    select
      ${SNAPSHOT_COLUMNS},
      r.updated_at as "updatedAt",
      r.completed_at as "completedAt",
      ${STARTED_AT} as "startedAt",
      case
        when r.status = 'processing' then coalesce(ahead.count, ${LIMITS.countedAhead}::bigint)
        else 0
      end::integer as "waitingAhead"
    from bulk_registrations r
    left join ahead using (id)
    where r.id = any(${ids}::bigint[])`;
}
