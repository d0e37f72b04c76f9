import type { RegistrationStatus } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import type { Range } from './mentor-results.ts';
import { batchesAsJson, parseBatches, type StoredBatch } from './stored-batches.ts';

/** What the results of some mentors in a row are made of. The batches may hold a few more mentors. */
export interface ResultPageRow {
  /** Of the registration, now. */
  status: RegistrationStatus;
  mentorCount: number;
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
  /** Which attempt these are the results of. */
  attempt: number;
  /** Of the registration, now. */
  currentAttempt: number;
  batches: StoredBatch[];
}

export interface PageOfMentors extends Range {
  /** As of which attempt; null: the current one. */
  attempt: number | null;
}

/** Reads one page in one statement: of the batches only those that reach into it. null if there is no such registration. */
export async function findResultPage(
  db: Executor,
  id: bigint,
  { first, last, attempt }: PageOfMentors,
): Promise<ResultPageRow | null> {
  const rows = await db.$queryRaw<Array<Omit<ResultPageRow, 'batches'> & { batches: string | null }>>`
    select
      r.status::text as status,
      r.mentor_count as "mentorCount",
      r.activity_type as "activityType",
      to_char(r.activity_date, 'YYYY-MM-DD') as "activityDate",
      coalesce(${attempt}::integer, r.attempt) as attempt,
      r.attempt as "currentAttempt",
      (
        select ${batchesAsJson}
        from registration_batches b
        where b.registration_id = r.id
          and b.attempt <= coalesce(${attempt}::integer, r.attempt)
          and b.first_position <= ${last}::integer
          and b.last_position >= ${first}::integer
      ) as batches
    from bulk_registrations r
    where r.id = ${id}::bigint`;
  return rows[0] ? { ...rows[0], batches: parseBatches(rows[0].batches) } : null;
}

/** Lists the mentors of a range of positions, in their order. */
export async function findMentorIds(
  db: Executor,
  registrationId: bigint,
  { first, last }: Range,
): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ mentorIds: string }>>`
    select to_json(
      mentor_ids[greatest(${first}::integer - first_position + 1, 1) : ${last}::integer - first_position + 1]
    )::text as "mentorIds"
    from registration_batches
    where registration_id = ${registrationId}::bigint
      and attempt = 1
      and first_position <= ${last}::integer
      and last_position >= ${first}::integer
    order by first_position`;
  return rows.flatMap(({ mentorIds }) => JSON.parse(mentorIds) as string[]);
}
