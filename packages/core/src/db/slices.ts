import type { ActivityTemplate } from '../domain/build-batch-payload.ts';
import type { Executor } from './executor.ts';

/** What a runner needs to know of an attempt, but for the mentors. */
export interface AttemptState extends ActivityTemplate {
  mentorCount: number;
  successCount: number;
  failureCount: number;
  batchSize: number;
  /** The work list; null: every mentor. */
  positions: number[] | null;
  /** Numbers of the batches in the ledger. */
  doneBatches: number[];
  /** Every mentor, when they fit one batch; else null, to be read slice by slice. */
  mentorIds: string[] | null;
}

type Row = Omit<AttemptState, 'positions' | 'doneBatches' | 'mentorIds'> & {
  positions: string | null;
  doneBatches: string;
  mentorIds: string | null;
};

/** null: the chain is another runner's, or over. */
export async function findAttemptState(
  db: Executor,
  { registrationId, attempt, ring }: { registrationId: bigint; attempt: number; ring: number },
): Promise<AttemptState | null> {
  // Long arrays come as JSON text: parsing that is many times cheaper than the array format.
  const rows = await db.$queryRaw<Row[]>`
    select
      r.id as "registrationId",
      r.attempt,
      r.activity_type as "activityType",
      to_char(r.activity_date, 'YYYY-MM-DD') as "activityDate",
      r.duration_minutes as "durationMinutes",
      r.notes,
      r.coordinator_id as "coordinatorId",
      r.mentor_count as "mentorCount",
      r.success_count as "successCount",
      r.failure_count as "failureCount",
      a.override_duplicates as "overrideDuplicates",
      a.batch_size as "batchSize",
      to_json(a.positions)::text as positions,
      to_json(array(
        select b.batch_no
        from registration_batches b
        where b.registration_id = r.id
          and b.attempt = r.attempt
      ))::text as "doneBatches",
      case when r.mentor_count <= a.batch_size then to_json(r.mentor_ids)::text end as "mentorIds"
    from bulk_registrations r
    join registration_attempts a
      on a.registration_id = r.id
      and a.attempt = r.attempt
    where r.id = ${registrationId}::bigint
      and r.attempt = ${attempt}::integer
      and r.ring = ${ring}::integer
      and r.status = 'processing'`;
  const row = rows[0];
  if (row === undefined) return null;
  return {
    ...row,
    positions: row.positions === null ? null : (JSON.parse(row.positions) as number[]),
    doneBatches: JSON.parse(row.doneBatches) as number[],
    mentorIds: row.mentorIds === null ? null : (JSON.parse(row.mentorIds) as string[]),
  };
}

/** The mentors at the 1-based positions `first` to `last`, both included; fewer if the registration is gone. */
export async function listMentorIds(
  db: Executor,
  registrationId: bigint,
  { first, last }: { first: number; last: number },
): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ mentorIds: string }>>`
    select to_json(mentor_ids[${first}::integer:${last}::integer])::text as "mentorIds"
    from bulk_registrations
    where id = ${registrationId}::bigint`;
  return rows[0] ? (JSON.parse(rows[0].mentorIds) as string[]) : [];
}
