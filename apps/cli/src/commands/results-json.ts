import type { ResultsResponse } from '@bulk/contract';

/**
 * Yields one JSON document of all pages in pieces, one result a line: `{"id", "data": […], "status", "complete"}`.
 * `status` and `complete` are at the end, because they are known only then.
 */
export async function* jsonDocument(
  pages: AsyncIterable<ResultsResponse>,
  onPage: (page: ResultsResponse) => void,
): AsyncGenerator<string, void, undefined> {
  let last: ResultsResponse | null = null;
  let isComplete = true;
  for await (const page of pages) {
    onPage(page);
    isComplete &&= page.complete;
    if (last === null) yield `{"id":${JSON.stringify(page.id)},"data":[`;
    const separator = last === null || last.data.length === 0 ? '\n' : ',\n';
    if (page.data.length > 0) yield separator + page.data.map((each) => JSON.stringify(each)).join(',\n');
    last = page;
  }
  yield `\n],"status":${JSON.stringify(last?.status)},"complete":${isComplete}}\n`;
}
