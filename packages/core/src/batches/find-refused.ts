import type { FailureCode } from '@bulk/contract';
import type { Database } from '../database/client.ts';
import type { Executor } from '../database/executor.ts';
import { classifySqlFailure } from '../database/sql-failure.ts';
import { tryActivities } from './batch-statement.ts';
import type { BatchKey } from './statement-parts.ts';

type Codes = Array<FailureCode | null>;

/** Tries the records of a batch, except those of mentors with a code. */
type TryRecords = (tx: Executor, key: BatchKey, refused: Codes) => Promise<void>;

/** Rolls the search back; carries what it found out of the transaction. */
class SearchOver extends Error {
  readonly refused: Codes;

  constructor(refused: Codes) {
    super('the search is over');
    this.refused = refused;
  }
}

/**
 * Finds the mentors of a batch whose record the database refuses, by bisection down to the single mentor:
 * one bad record never fails its batch. A thousand bad ones of a thousand take about 2,000 tries.
 * Nothing is stored: the transaction always rolls back.
 *
 * @param known those found before
 * @param tryRecords what the database refuses; unless it is said, the insert of the activities
 * @returns a code or null for each mentor, in the order of the batch
 * @throws transient errors of the database; conclude nothing from them
 */
export async function findRefused(
  { prisma }: Database,
  key: BatchKey,
  known: Readonly<Codes>,
  tryRecords: TryRecords = tryActivities,
): Promise<Codes> {
  try {
    return await prisma.$transaction(
      async (tx) => {
        const mentorIds = await listMentorIds(tx, key);
        const refused = mentorIds.map((_, index) => known[index] ?? null);
        // Rules that are checked late must show here, while it can be told who breaks them.
        await tx.$executeRaw`set constraints all immediate`;
        await tx.$executeRaw`savepoint before_try`;
        await search(
          (codes) => refusalOf(tx, (tried) => tryRecords(tx, key, tried), codes),
          refused,
          inInsertOrder(mentorIds, refused),
        );
        throw new SearchOver(refused);
      },
      { maxWait: 10_000, timeout: 60_000 },
    );
  } catch (error) {
    if (error instanceof SearchOver) return error.refused;
    throw error;
  }
}

async function listMentorIds(
  tx: Executor,
  { registrationId, attempt, batchNo }: BatchKey,
): Promise<string[]> {
  const rows = await tx.$queryRaw<Array<{ mentorIds: string }>>`
    select to_json(mentor_ids)::text as "mentorIds"
    from registration_batches
    where registration_id = ${registrationId}::bigint
      and attempt = ${attempt}::integer
      and batch_no = ${batchNo}::integer`;
  return rows[0] ? (JSON.parse(rows[0].mentorIds) as string[]) : [];
}

/** Indexes of those still to be tried, in the order of mentor_id, so that two searches can't deadlock. */
function inInsertOrder(mentorIds: readonly string[], refused: Codes): number[] {
  const bytes = mentorIds.map((mentorId) => Buffer.from(mentorId));
  return [...mentorIds.keys()]
    .filter((index) => refused[index] === null)
    .sort((a, b) => Buffer.compare(bytes[a] as Buffer, bytes[b] as Buffer));
}

/** Tells why the database refuses the records of mentors without a code; null: it takes them. */
type RefusalOf = (tried: Codes) => Promise<FailureCode | null>;

/** Adds to `refused` the codes of those among `indexes` that are refused. */
async function search(refusalOf: RefusalOf, refused: Codes, indexes: number[]): Promise<void> {
  const [first] = indexes;
  const code = await refusalOf(only(indexes, refused.length));
  if (code === null || first === undefined) return;
  if (indexes.length === 1) {
    refused[first] = code;
    return;
  }
  const middle = indexes.length >> 1;
  await search(refusalOf, refused, indexes.slice(0, middle));
  await search(refusalOf, refused, indexes.slice(middle));
}

/** The others are marked as refused, so that nothing is tried for them. */
function only(indexes: readonly number[], count: number): Codes {
  const codes: Codes = Array.from({ length: count }, () => 'rejected');
  for (const index of indexes) codes[index] = null;
  return codes;
}

async function refusalOf(
  tx: Executor,
  tryRecords: (tried: Codes) => Promise<void>,
  tried: Codes,
): Promise<FailureCode | null> {
  try {
    await tryRecords(tried);
    return null;
  } catch (error) {
    const failure = classifySqlFailure(error);
    if (failure.kind !== 'data') throw error;
    return failure.code;
  } finally {
    await tx.$executeRaw`rollback to savepoint before_try`;
  }
}
