import type { RegistrationStatus } from '@bulk/contract';
import type { Executor } from './executor.ts';
import { batchesAsJson, type Parsed, parseSource, type StoredSource } from './result-source.ts';

/** What the results of some mentors in a row are made of. The ledger may hold a few more. */
export type ResultPageRow = Parsed<Row>;

interface Row extends StoredSource {
  /** Of the registration, now. */
  status: RegistrationStatus;
  mentorCount: number;
  activityType: string;
  /** YYYY-MM-DD */
  activityDate: string;
  /** Which attempt these are the results of. */
  attempt: number;
}

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
        select ${batchesAsJson}
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
  return rows[0] ? parseSource(rows[0]) : null;
}
