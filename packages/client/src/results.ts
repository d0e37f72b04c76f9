import type {
  MentorResult,
  ResultErrorCode,
  ResultFormat,
  ResultStatus,
  ResultsResponse,
} from '@bulk/contract';
import { pathOf } from './snapshot.ts';
import type { CallOptions, Transport } from './transport.ts';

interface ResultsFilter {
  status?: ResultStatus | undefined;
  /** Only those who have it. */
  code?: ResultErrorCode | undefined;
}

export interface ResultsOptions extends ResultsFilter, CallOptions {
  /** Results a page, at most 1,000, which is also what it is unless said otherwise. */
  limit?: number | undefined;
}

export interface DownloadOptions extends ResultsFilter, CallOptions {
  format: Exclude<ResultFormat, 'json'>;
}

export interface ResultsUrlOptions extends ResultsFilter {
  format: ResultFormat;
}

export interface Download {
  body: ReadableStream<Uint8Array>;
  /** As the service proposes it: `bulk-002-results.csv`. */
  filename: string;
  /** Whether every mentor has a result, or the registration goes on and more will come. */
  isComplete: boolean;
}

/** One page after the other, in the order of the mentors. */
export async function* resultPages(
  transport: Transport,
  id: string,
  { status, code, limit, ...options }: ResultsOptions = {},
): AsyncGenerator<ResultsResponse, void, undefined> {
  let after: string | undefined;
  do {
    const call = { method: 'GET', path: resultsPathOf(id), query: { status, code, after, limit } } as const;
    const page = await transport.send(
      call,
      options,
      async (response) => (await response.json()) as ResultsResponse,
    );
    yield page;
    after = page.pagination.next_cursor ?? undefined;
  } while (after !== undefined);
}

/** One mentor after the other, whatever the number: a page is read when its turn comes. */
export async function* eachResult(
  transport: Transport,
  id: string,
  options: ResultsOptions = {},
): AsyncGenerator<MentorResult, void, undefined> {
  for await (const page of resultPages(transport, id, options)) yield* page.data;
}

/** Where a browser downloads them; it brings no headers of ours along. */
export function resultsUrl(
  transport: Transport,
  id: string,
  { format, status, code }: ResultsUrlOptions,
): string {
  return transport.urlOf({ path: resultsPathOf(id), query: { format, status, code } });
}

/** All of them as one stream. The time limit is for its beginning; how long it goes on is up to the reader. */
export function downloadResults(
  transport: Transport,
  id: string,
  { format, status, code, ...options }: DownloadOptions,
): Promise<Download> {
  const call = { method: 'GET', path: resultsPathOf(id), query: { format, status, code } } as const;
  return transport.send(call, options, async ({ headers, body }) => ({
    body: body ?? new ReadableStream({ start: (controller) => controller.close() }),
    filename:
      /filename="([^"]+)"/.exec(headers.get('content-disposition') ?? '')?.[1] ?? `${id}-results.${format}`,
    isComplete: headers.get('results-complete') === 'true',
  }));
}

function resultsPathOf(id: string): string {
  return `${pathOf(id)}/results`;
}
