import { Prisma } from '../database/generated/client.ts';

/** Where a registration stood when its next attempt began. It is stored with that attempt in the history. */
export interface Standing {
  success_count: number;
  failure_count: number;
  undone_count: number;
  kept_count: number;
  /** When the latest attempt wrote its first batch, as ISO 8601; null: it has written none. */
  started_at: string | null;
  /** When it ended, as ISO 8601; null: it is processing. */
  finished_at: string | null;
}

/** An attempt that has begun, and where the registration stood before. */
export interface BegunAttempt {
  attempt: number;
  before: Standing;
}

/** The columns of a `BegunAttempt`, of the row `r` whose attempt has just been increased. */
export const BEGUN_ATTEMPT = Prisma.sql`
  r.attempt,
  json_build_object(
    'success_count', r.success_count,
    'failure_count', r.failure_count,
    'undone_count', r.undone_count,
    'kept_count', r.kept_count,
    'started_at', (
      select b.processed_at
      from registration_batches b
      where b.registration_id = r.id
        and b.attempt = r.attempt - 1
        and b.batch_no = 0
    ),
    'finished_at', r.completed_at
  ) as before`;
