import {
  type GetResultsQuery,
  LIMITS,
  type MentorResult,
  type RegistrationStatus,
  type ResultsResponse,
} from '@bulk/contract';
import type { Deps, ReadDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { formatPosition, parsePosition } from '../registrations/cursor.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { readCursor } from '../registrations/read-cursor.ts';
import { changedMeanwhile, registrationNotFound } from '../registrations/refusals.ts';
import { mentorResults } from './mentor-results.ts';
import { nameExistingActivities } from './name-existing-activities.ts';
import { findResultPage, type ResultPageRow } from './result-pages.ts';

export type ResultsRequest = Pick<GetResultsQuery, 'status' | 'code' | 'after' | 'limit'>;

/** The results of a registration, in input order, read page by page as they are asked for. */
export interface OpenResults {
  status: RegistrationStatus;
  /** No result will follow. */
  isComplete: boolean;
  /**
   * All of the attempt that was the current one at the beginning, whatever is retried meanwhile. While
   * it is processing, later pages may know more than earlier ones.
   *
   * @throws AppError `registration_not_found` when it was deleted meanwhile, `changed_meanwhile` when it was
   *   retried twice
   */
  pages: AsyncIterable<ResultsOfPage>;
}

interface ResultsOfPage {
  results: MentorResult[];
  /** null at the end of the mentors. */
  nextCursor: string | null;
}

/** Mentors read at once where few of them may be wanted: most of the cost is that of the statement. */
const FILTERED_PAGE = 5_000;

/** @throws AppError `registration_not_found`, or `validation` for a cursor that is none of ours */
export async function openResults(deps: ReadDeps, id: bigint, request: ResultsRequest): Promise<OpenResults> {
  const after = request.after === undefined ? 0 : readCursor(request.after, parsePosition);
  const opened = await readPage(deps, id, pageAfter(after, request), null);
  return {
    status: opened.status,
    isComplete: opened.status !== 'processing',
    pages: readPages(deps, id, request, opened),
  };
}

/**
 * Lists as many results as are asked for, or fewer at the end of the mentors.
 *
 * @throws AppError as `openResults`, and `registration_not_found`
 * @throws transient errors of the database
 */
export async function listResults(
  deps: ReadDeps,
  id: bigint,
  request: ResultsRequest,
): Promise<ResultsResponse> {
  for (;;) {
    try {
      return await readList(deps, id, request);
    } catch (error) {
      // Retried meanwhile: nothing of it has been sent, so it begins anew.
      if (!(error instanceof AppError && error.code === 'changed_meanwhile')) throw error;
    }
  }
}

async function readList(
  deps: ReadDeps,
  id: bigint,
  { limit = LIMITS.resultsPageSize, ...request }: ResultsRequest,
): Promise<ResultsResponse> {
  const { status, isComplete, pages } = await openResults(deps, id, { ...request, limit });
  const data: MentorResult[] = [];
  let next_cursor: string | null = null;
  for await (const { results, nextCursor } of pages) {
    data.push(...results);
    next_cursor = nextCursor;
  }
  return {
    id: formatRegistrationId(id),
    status,
    complete: isComplete,
    data,
    pagination: { limit, next_cursor },
  };
}

interface Page extends ResultPageRow {
  /** Where it begins, and where it ends unless the mentors do before. */
  first: number;
  last: number;
}

function pageAfter(position: number, { status, code, limit }: ResultsRequest) {
  const isFiltered = status !== undefined || code !== undefined;
  const size = isFiltered ? FILTERED_PAGE : Math.min(limit ?? LIMITS.resultsPageSize, LIMITS.resultsPageSize);
  return { first: position + 1, last: position + size };
}

async function readPage(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  page: { first: number; last: number },
  attempt: number | null,
): Promise<Page> {
  const row = await findResultPage(db.prisma, id, { ...page, attempt });
  if (row === null) throw registrationNotFound(id);
  if (isMergedSince(row)) throw changedMeanwhile(id);
  return { ...row, ...page };
}

/** The second retry after an attempt merges results that are newer into those of the attempt. */
function isMergedSince({ attempt, currentAttempt }: ResultPageRow): boolean {
  return currentAttempt > attempt + 1;
}

async function* readPages(
  deps: ReadDeps,
  id: bigint,
  request: ResultsRequest,
  { status, attempt, ...opened }: Page,
): AsyncGenerator<ResultsOfPage> {
  let page: Page = { ...opened, status, attempt };
  let left = request.limit ?? Number.POSITIVE_INFINITY;
  for (;;) {
    // The status of the beginning: a retry that has begun since has another attempt.
    const found = matchesOf({ ...page, status }, request).slice(0, left);
    left -= found.length;
    const end = left === 0 ? (found.at(-1)?.position ?? page.last) : page.last;
    const isLast = end >= page.mentorCount;

    const results = found.map(({ result }) => result);
    await nameExistingActivities(deps, page, results, { atMost: results.length });
    yield { results, nextCursor: isLast ? null : formatPosition(end) };
    if (isLast || left === 0) return;
    page = await readPage(deps, id, pageAfter(end, request), attempt);
  }
}

interface Match {
  position: number;
  result: MentorResult;
}

function matchesOf(page: Page, { status, code }: ResultsRequest): Match[] {
  const range = { first: page.first, last: Math.min(page.last, page.mentorCount) };
  return mentorResults(page, page.batches, range)
    .map((result, index) => ({ position: page.first + index, result }))
    .filter(({ result }) => status === undefined || result.status === status)
    .filter(({ result }) => code === undefined || result.error?.code === code);
}
