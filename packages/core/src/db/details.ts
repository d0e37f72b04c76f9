import type { DelayReason, RegistrationStatus } from '@bulk/contract';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';
import { batchesAsJson, type Parsed, parseSource, type StoredSource } from './result-source.ts';

export type DetailsRow = Parsed<Row>;

interface Row extends StoredSource {
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
}

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
        select ${batchesAsJson}
        from registration_batches b
        where b.registration_id = r.id
      ) end as batches
    from bulk_registrations r
    join registration_attempts a
      on a.registration_id = r.id
      and a.attempt = r.attempt
    where r.id = ${id}::bigint`;
  return rows[0] ? parseSource(rows[0]) : null;
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
