import type { ResultsResponse } from '@bulk/contract';

/**
 * One JSON document of all pages, one result a line, in pieces: `{"id", "data": […], "status", "complete"}`. The last two
 * come last, because they are known only then.
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
