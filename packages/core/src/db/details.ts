import type { DelayReason, RegistrationStatus } from '@bulk/contract';
import type { LedgerBatch } from '../domain/results.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';

export interface DetailsRow {
  id: bigint;
  coordinatorId: string;
  activityType: string;
  activityDate: string;
  durationMinutes: number;
  notes: string | null;
  mentorCount: number;
  status: RegistrationStatus;
  attempt: number;
  successCount: number;
  failureCount: number;
  delayReason: DelayReason | null;
  delayedSince: Date | null;
  createdAt: Date;
  updatedAt: Date;
  completedAt: Date | null;
  startedAt: Date | null;
  overrideDuplicates: boolean;
  mentorIds: string[];
  /** The current attempt's work list; null: every mentor. */
  workPositions: number[] | null;
  /** The ledger, oldest attempt first. */
  batches: LedgerBatch[];
}

type Row = Omit<DetailsRow, 'mentorIds' | 'workPositions' | 'batches'> & {
  mentorIds: string;
  workPositions: string | null;
  batches: string | null;
};

/**
 * Everything an answer about one registration is made of, from one snapshot: read in two
 * statements, counts and results were seen to disagree.
 */
export async function findDetails(
  db: Executor,
  id: bigint,
  { withResults }: { withResults: boolean },
): Promise<DetailsRow | null> {
  const rows = await db.$queryRaw<Row[]>`
    select
      r.id,
      r.coordinator_id as "coordinatorId",
      r.activity_type as "activityType",
      to_char(r.activity_date, 'YYYY-MM-DD') as "activityDate",
      r.duration_minutes as "durationMinutes",
      r.notes,
      r.mentor_count as "mentorCount",
      r.status::text as status,
      r.attempt,
      r.success_count as "successCount",
      r.failure_count as "failureCount",
      r.last_error as "delayReason",
      r.last_error_at as "delayedSince",
      r.created_at as "createdAt",
      r.updated_at as "updatedAt",
      r.completed_at as "completedAt",
      (${startOfAttempt}) as "startedAt",
      a.override_duplicates as "overrideDuplicates",
      to_json(r.mentor_ids)::text as "mentorIds",
      to_json(a.positions)::text as "workPositions",
      case when ${withResults}::boolean then (
        select json_agg(
          json_build_object(
            'attempt', b.attempt,
            'count', b.success_count + b.failure_count,
            'positions', b.positions,
            'activityIds', b.activity_ids,
            'errorCodes', b.error_codes
          )
          order by b.attempt
        )::text
        from registration_batches b
        where b.registration_id = r.id
      ) end as batches
    from bulk_registrations r
    join registration_attempts a
      on a.registration_id = r.id
      and a.attempt = r.attempt
    where r.id = ${id}::bigint`;
  const row = rows[0];
  if (row === undefined) return null;
  return {
    ...row,
    mentorIds: JSON.parse(row.mentorIds) as string[],
    workPositions: row.workPositions === null ? null : (JSON.parse(row.workPositions) as number[]),
    batches: row.batches === null ? [] : (JSON.parse(row.batches) as LedgerBatch[]),
  };
}

/**
 * When the first batch of the current attempt of registration `r` was written. Batches are run from
 * the lowest number up, so that one probe of the ledger's key tells it, however many there are.
 */
export const startOfAttempt = Prisma.sql`
  select b.processed_at
  from registration_batches b
  where b.registration_id = r.id
    and b.attempt = r.attempt
  order by b.batch_no
  limit 1`;
