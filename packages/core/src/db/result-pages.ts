import type { RegistrationStatus } from '@bulk/contract';
import type { LedgerBatch } from '../domain/results.ts';
import type { Executor } from './executor.ts';

/** What the results of some mentors in a row are made of. */
export interface ResultPageRow {
  /** Of the registration, now. */
  status: RegistrationStatus;
  mentorCount: number;
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
  /** Which attempt these are the results of. */
  attempt: number;
  mentorIds: string[];
  /** Those on the attempt's work list; null: every mentor. */
  workPositions: number[] | null;
  /** The part of the ledger that holds them and maybe a few more, oldest attempt first. */
  batches: LedgerBatch[];
}

type Row = Omit<ResultPageRow, 'mentorIds' | 'workPositions' | 'batches'> & {
  mentorIds: string;
  workPositions: string | null;
  batches: string | null;
};

export interface PageOfMentors {
  /** 1-based positions in mentor_ids, both included. */
  first: number;
  last: number;
  /** As of which attempt; null: the current one. */
  attempt: number | null;
}

/**
 * One page from one snapshot. Batches are cut from the work list of their attempt, in its order, so
 * that those of a page are known by number: whatever its place, a page reads its own part of the ledger.
 */
export async function findResultPage(
  db: Executor,
  id: bigint,
  { first, last, attempt }: PageOfMentors,
): Promise<ResultPageRow | null> {
  const rows = await db.$queryRaw<Row[]>`
    select
      r.status::text as status,
      r.mentor_count as "mentorCount",
      r.activity_type as "activityType",
      to_char(r.activity_date, 'YYYY-MM-DD') as "activityDate",
      a.attempt,
      to_json(r.mentor_ids[${first}::integer:${last}::integer])::text as "mentorIds",
      to_json(a.positions[
        width_bucket(${first}::integer - 1, a.positions) + 1 : width_bucket(${last}::integer, a.positions)
      ])::text as "workPositions",
      (
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
        from registration_attempts w
        cross join lateral (
          -- How many of the work list stand before the page, and how many up to its end.
          select
            coalesce(width_bucket(${first}::integer - 1, w.positions), ${first}::integer - 1) as before,
            coalesce(width_bucket(${last}::integer, w.positions), least(${last}::integer, r.mentor_count)) as until
        ) page
        join registration_batches b
          on b.registration_id = w.registration_id
          and b.attempt = w.attempt
          and b.batch_no between page.before / w.batch_size and (page.until - 1) / w.batch_size
        where w.registration_id = r.id
          and w.attempt <= a.attempt
          and page.until > page.before
      ) as batches
    from bulk_registrations r
    join registration_attempts a
      on a.registration_id = r.id
      and a.attempt = coalesce(${attempt}::integer, r.attempt)
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
