import { Prisma } from '../database/generated/client.ts';
import { writeEvents } from '../webhooks/write-events.ts';

/** Which batch, for which job: numbers only, the database knows the rest. */
export interface BatchKey {
  registrationId: bigint;
  attempt: number;
  /** Of the job: a stale one writes nothing. */
  generation: number;
  batchNo: number;
}

// What the statement of a batch has in common, whether it registers or undoes.

/** Where a batch `b` and its registration `r` come from, if the batch is open and the job is not stale. */
export function fromOpenBatch({ registrationId, attempt, generation, batchNo }: BatchKey): Prisma.Sql {
  return Prisma.sql`
    from registration_batches b
    join bulk_registrations r
      on r.id = b.registration_id
      and r.attempt = b.attempt
    where b.registration_id = ${registrationId}::bigint
      and b.attempt = ${attempt}::integer
      and b.batch_no = ${batchNo}::integer
      and b.processed_at is null
      and r.generation = ${generation}::integer
      and r.status = 'processing'`;
}

/** Codes as an array of PostgreSQL; null where there is none. */
export function codesLiteral(codes: ReadonlyArray<string | null>): string {
  return `{${codes.map((code) => code ?? 'null').join(',')}}`;
}

/**
 * Stores `results` in the row of `batch`. The keys come from scalar subqueries: joined with `batch`, the rows would be
 * looked for among all that are processing.
 */
export const WRITTEN_BATCH = Prisma.sql`
  written_batch as (
    update registration_batches b
    set activity_ids = results.activity_ids, error_codes = results.error_codes, processed_at = clock_timestamp()
    from results
    where b.registration_id = (select registration_id from batch)
      and b.attempt = (select attempt from batch)
      and b.batch_no = (select batch_no from batch)
      and b.processed_at is null
    returning 1
  )`;

/** Writes the event of the webhook, if the registration ends with this batch. */
export const EVENT = Prisma.sql`, event as (${writeEvents(Prisma.sql`fence`)})`;
