import { Prisma } from '../database/generated/client.ts';
import type { BatchPayload } from './build-batch-payload.ts';

/** Between the values of a list, and between lists: validation refuses control characters in ids. */
const UNIT_SEPARATOR = '\u001f';
const RECORD_SEPARATOR = '\u001e';

/**
 * Makes the statement that stores the batches of an attempt, in the order of their numbers.
 *
 * All arrays travel as text: Prisma takes a JavaScript array apart and puts it together again, which
 * costs more than PostgreSQL needs to read the text.
 *
 * @param attempt a relation with the columns `registration_id` and `attempt`, of one row
 */
export function insertBatches(attempt: Prisma.Sql, batches: readonly BatchPayload[]): Prisma.Sql {
  return Prisma.sql`
    insert into registration_batches (
      registration_id, attempt, batch_no, first_position, last_position, positions, mentor_ids, override_ids
    )
    select
      registration_id,
      attempt,
      n - 1,
      first_position,
      last_position,
      nullif(positions, '')::integer[],
      string_to_array(mentor_ids, chr(31)),
      string_to_array(nullif(override_ids, ''), chr(31))
    from ${attempt}
    cross join unnest(
      ${integers(batches.map(({ firstPosition }) => firstPosition))}::integer[],
      ${integers(batches.map(({ lastPosition }) => lastPosition))}::integer[],
      string_to_array(${joined(batches.map(({ positions }) => positions && integers(positions)))}, chr(30)),
      string_to_array(${joined(batches.map(({ mentorIds }) => mentorIds.join(UNIT_SEPARATOR)))}, chr(30)),
      string_to_array(${joined(batches.map(({ overrideIds }) => overrideIds.join(UNIT_SEPARATOR)))}, chr(30))
    ) with ordinality as batch (first_position, last_position, positions, mentor_ids, override_ids, n)`;
}

function integers(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

function joined(texts: ReadonlyArray<string | null>): string {
  return texts.map((text) => text ?? '').join(RECORD_SEPARATOR);
}
