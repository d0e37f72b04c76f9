import type { ResultErrorCode } from '@bulk/contract';
import { tryActivities } from '../db/batches.ts';
import type { Database } from '../db/client.ts';
import type { Executor } from '../db/executor.ts';
import { classifySqlFailure } from '../db/sql-failure.ts';
import type { BatchMentor, BatchPayload } from '../domain/build-batch-payload.ts';

/** Rolls the search back; carries what it found out of the transaction. */
class SearchOver extends Error {
  readonly refused: ReadonlyMap<number, ResultErrorCode>;

  constructor(refused: ReadonlyMap<number, ResultErrorCode>) {
    super('the search is over');
    this.refused = refused;
  }
}

/**
 * Finds the mentors whose record the database refuses, by halving: one bad record never sinks its
 * batch. Down to the single mentor always: a guess that the rest of a batch is as bad as what was
 * tried would fail good records. A thousand bad ones of a thousand take about 2,000 tries.
 *
 * Nothing of it stays: the transaction always rolls back.
 *
 * @returns code by position
 * @throws a transient failure, from which nothing is to be concluded
 */
export async function findRefused(
  { prisma }: Database,
  batch: BatchPayload,
): Promise<ReadonlyMap<number, ResultErrorCode>> {
  const candidates = batch.mentors
    .filter((mentor) => mentor.refusedWith === null)
    // In the order in which they are inserted, so that no two searches can wait for each other.
    .toSorted((a, b) => Buffer.compare(Buffer.from(a.mentorId), Buffer.from(b.mentorId)));
  try {
    return await prisma.$transaction(
      async (tx) => {
        // Rules that are checked late must show here, while it can be told who breaks them.
        await tx.$executeRaw`set constraints all immediate`;
        await tx.$executeRaw`savepoint before_try`;
        throw new SearchOver(await search(tx, batch, candidates));
      },
      { maxWait: 10_000, timeout: 60_000 },
    );
  } catch (error) {
    if (error instanceof SearchOver) return error.refused;
    throw error;
  }
}

async function search(
  tx: Executor,
  batch: BatchPayload,
  mentors: readonly BatchMentor[],
): Promise<Map<number, ResultErrorCode>> {
  const code = await refusalOf(tx, { ...batch, mentors });
  const [first] = mentors;
  if (code === null || first === undefined) return new Map();
  if (mentors.length === 1) return new Map([[first.position, code]]);
  const middle = mentors.length >> 1;
  const left = await search(tx, batch, mentors.slice(0, middle));
  const right = await search(tx, batch, mentors.slice(middle));
  return new Map([...left, ...right]);
}

async function refusalOf(tx: Executor, batch: BatchPayload): Promise<ResultErrorCode | null> {
  try {
    await tryActivities(tx, batch);
    return null;
  } catch (error) {
    const failure = classifySqlFailure(error);
    if (failure.kind !== 'data') throw error;
    return failure.code;
  } finally {
    await tx.$executeRaw`rollback to savepoint before_try`;
  }
}
