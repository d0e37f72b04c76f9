import { LIMITS, type MentorResult, type ResultsMode } from '@bulk/contract';
import pLimit from 'p-limit';
import type { Deps, ReadDeps } from '../deps.ts';
import { mentorIdsOf, mentorResults, type Range } from '../results/mentor-results.ts';
import { nameExistingActivities } from '../results/name-existing-activities.ts';
import { findMentorIds, findResultPage } from '../results/result-pages.ts';
import type { StoredBatch } from '../results/stored-batches.ts';
import type { DetailsRow } from './find-details.ts';
import { changedMeanwhile, registrationNotFound } from './refusals.ts';

/** Pages of large details are read two at a time, whoever asks for them: small requests come in between. */
export const oneOfFewPages = pLimit(2);

/** Mentors of the first page. */
export const FIRST_PAGE = 1_000;

/** Of one page, about: what a reader who is slow, or reads no further, holds in memory. */
const PAGE_BYTES = 500_000;
/** Of the pages of all who read at once: the more they are, the smaller their pages. */
const ALL_PAGES_BYTES = 1_500_000;
const BYTES_AROUND_ID = 70;
const SMALLEST_PAGE = 200;

/**
 * Lists the mentors of a registration, a page at a time.
 *
 * @throws AppError `registration_not_found` when it is deleted meanwhile
 */
export async function* mentorIdPages({ db }: Pick<Deps, 'db'>, row: DetailsRow): AsyncGenerator<string[]> {
  yield mentorIdsOf(row.batches, FIRST_PAGE);
  yield* readAhead(pagesAfterTheFirst(row), async (page) => {
    const mentorIds = await findMentorIds(db.prisma, row.id, page);
    if (mentorIds.length === 0) throw registrationNotFound(row.id);
    return mentorIds;
  });
}

/**
 * Lists the results of a registration as they were when `row` was read, a page at a time.
 *
 * @throws AppError `registration_not_found` or `changed_meanwhile` when that can no longer be told
 */
export async function* resultPages(
  deps: ReadDeps,
  row: DetailsRow,
  mode: ResultsMode,
): AsyncGenerator<MentorResult[]> {
  if (mode === 'none') return;
  let unnamed = LIMITS.existingActivitiesPerAnswer;
  for await (const all of everyResult(deps, row)) {
    const results = mode === 'failed' ? all.filter((result) => result.status === 'failed') : all;
    unnamed -= await nameExistingActivities(deps, row, results, { atMost: unnamed });
    yield results;
  }
}

async function* everyResult(deps: ReadDeps, row: DetailsRow): AsyncGenerator<MentorResult[]> {
  yield mentorResults(row, row.batches, { first: 1, last: Math.min(FIRST_PAGE, row.mentorCount) });
  yield* readAhead(pagesAfterTheFirst(row), async (page) =>
    mentorResults(row, await batchesAsTheyWere(deps, row, page), page),
  );
}

/**
 * A batch that is written stays as it is until its attempt is merged, and those that were not written are
 * known: so a page read later is shown as it was. Merged results are those of the end of the attempt.
 */
async function batchesAsTheyWere(
  { db }: Pick<Deps, 'db'>,
  { id, status, attempt, openBatches }: DetailsRow,
  page: Range,
): Promise<StoredBatch[]> {
  const open = new Set(openBatches);
  const found = await findResultPage(db.prisma, id, { ...page, attempt });
  if (found === null) throw registrationNotFound(id);
  const isOver = status !== 'processing' || open.size === 0;
  if (found.currentAttempt > attempt + (isOver ? 1 : 0)) throw changedMeanwhile(id);
  return found.batches.map((batch) =>
    batch.attempt === attempt && open.has(batch.batchNo)
      ? { ...batch, activityIds: null, errorCodes: null }
      : batch,
  );
}

/** Up to so many readers get each page read while the one before it is sent; more would take too much memory. */
const READ_AHEAD = 4;

async function* readAhead<T>(pages: Iterable<Range>, read: (page: Range) => Promise<T>): AsyncGenerator<T> {
  let reading: Promise<T> | null = null;
  for (const page of pages) {
    const previous = reading;
    reading = oneOfFewPages(() => read(page));
    // Told when its turn comes, if that comes.
    reading.catch(() => {});
    if (previous !== null) yield await previous;
    if (readers <= READ_AHEAD) continue;
    yield await reading;
    reading = null;
  }
  if (reading !== null) yield await reading;
}

let readers = 0;

function* pagesAfterTheFirst({ mentorCount, batches }: DetailsRow): Generator<Range> {
  const ids = mentorIdsOf(batches, FIRST_PAGE);
  const mentorBytes = BYTES_AROUND_ID + ids.reduce((sum, id) => sum + Buffer.byteLength(id), 0) / ids.length;
  readers += 1;
  try {
    for (let first = 1 + FIRST_PAGE; first <= mentorCount; ) {
      const bytes = Math.min(PAGE_BYTES, ALL_PAGES_BYTES / readers);
      const last = Math.min(
        mentorCount,
        first - 1 + Math.max(SMALLEST_PAGE, Math.floor(bytes / mentorBytes)),
      );
      yield { first, last };
      first = last + 1;
    }
  } finally {
    readers -= 1;
  }
}
