import type { Standing } from '../attempts/standing.ts';
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
  /** Those that reach into the first page of mentors, oldest attempt first. */
  batches: StoredBatch[];
  createdBy: string;
  label: string | null;
  externalReference: string | null;
  /** What was asked after that, the oldest first. */
  history: LaterEntry[];
  /** Numbers of the batches of the current attempt that are not written; null: `batches` has them all. */
  openBatches: number[] | null;
}

/** A row of registration_history; `at` is an ISO 8601 text. */
interface LaterEntry {
  action: 'retried' | 'cancelled' | 'undone';
  actor: string;
  at: string;
  mentorCount: number | null;
  overrideDuplicates: boolean | null;
  /** Of a retry or an undo; null also where it was not stored. */
  standingBefore: Standing | null;
}

type Row = Omit<DetailsRow, 'batches' | 'openBatches' | 'history'> & {
  history: string;
  batches: string | null;
  openBatches: string | null;
};

/**
 * Reads what an answer about one registration is made of, in one statement: of two, counts and results were
 * seen to disagree. null if there is no such registration.
 *
 * @param firstPage how many mentors to read; 0: none. Of a registration with more it also tells which batches
 *   are not written, so that pages read later can show it as it was now.
 */
export async function findDetails(db: Executor, id: bigint, firstPage: number): Promise<DetailsRow | null> {
  const rows = await db.$queryRaw<Row[]>`
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
      r.created_by as "createdBy",
      r.label,
      r.external_reference as "externalReference",
      (
        select coalesce(json_agg(json_build_object(
          'action', h.action,
          'actor', h.actor,
          'at', h.at,
          'mentorCount', h.mentor_count,
          'overrideDuplicates', h.override_duplicates,
          'standingBefore', h.standing_before
        ) order by h.id), '[]')::text
        from registration_history h
        where h.registration_id = r.id
      ) as history,
      case when ${firstPage}::integer > 0 then (
        select ${batchesAsJson}
        from registration_batches b
        where b.registration_id = r.id
          and b.first_position <= ${firstPage}::integer
      ) end as batches,
      case when ${firstPage}::integer between 1 and r.mentor_count - 1 then (
        select coalesce(json_agg(b.batch_no), '[]')::text
        from registration_batches b
        where b.registration_id = r.id
          and b.attempt = r.attempt
          and b.processed_at is null
      ) end as "openBatches"
    from bulk_registrations r
    where r.id = ${id}::bigint`;
  const [row] = rows;
  if (row === undefined) return null;
  return {
    ...row,
    history: JSON.parse(row.history) as LaterEntry[],
    batches: parseBatches(row.batches),
    openBatches: row.openBatches === null ? null : (JSON.parse(row.openBatches) as number[]),
  };
}
