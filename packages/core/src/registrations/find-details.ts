import type { Executor } from '../database/executor.ts';
import {
  type RegistrationSnapshot,
  SNAPSHOT_COLUMNS,
  STARTED_AT,
} from '../progress/registration-snapshot.ts';
import { batchesAsJson, parseBatches, type StoredBatch } from '../results/stored-batches.ts';

export interface DetailsRow extends RegistrationSnapshot {
  coordinatorId: string;
  activityType: string;
  activityDate: string;
  durationMinutes: number;
  notes: string | null;
  overrideDuplicates: boolean;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
  startedAt: Date | null;
  /** Oldest attempt first; none without mentors. */
  batches: StoredBatch[];
}

/**
 * Reads everything an answer about one registration is made of, in one statement: of two, counts and
 * results were seen to disagree. null if there is no such registration.
 */
export async function findDetails(
  db: Executor,
  id: bigint,
  { withMentors, withResults }: { withMentors: boolean; withResults: boolean },
): Promise<DetailsRow | null> {
  const rows = await db.$queryRaw<Array<Omit<DetailsRow, 'batches'> & { batches: string | null }>>`
    select
      ${SNAPSHOT_COLUMNS},
      r.coordinator_id as "coordinatorId",
      r.activity_type as "activityType",
      to_char(r.activity_date, 'YYYY-MM-DD') as "activityDate",
      r.duration_minutes as "durationMinutes",
      r.notes,
      r.override_duplicates as "overrideDuplicates",
      r.created_at as "createdAt",
      r.updated_at as "updatedAt",
      r.completed_at as "completedAt",
      ${STARTED_AT} as "startedAt",
      case when ${withMentors}::boolean then (
        select ${batchesAsJson}
        from registration_batches b
        where b.registration_id = r.id
          and (b.attempt = 1 or ${withResults}::boolean)
      ) end as batches
    from bulk_registrations r
    where r.id = ${id}::bigint`;
  return rows[0] ? { ...rows[0], batches: parseBatches(rows[0].batches) } : null;
}
