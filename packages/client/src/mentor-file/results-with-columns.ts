import type { ResultsResponse } from '@bulk/contract';
import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { writeCsv } from '../csv.ts';
import type { MentorList } from './find-mentors.ts';

/**
 * Writes results as CSV, and behind them the other columns of a file of mentors. A mentor who is in several rows gets
 * the columns of the first one.
 */
export async function* resultsWithColumns(
  pages: AsyncIterable<ResultsResponse>,
  { table, entries, lines, heading, column }: MentorList,
  onPage: (page: ResultsResponse) => void = () => {},
): AsyncGenerator<string, void, undefined> {
  const [first] = table.rows;
  const rowAt = new Map(table.rows.map((row) => [row.line, row.cells]));
  const rowOf = new Map<string, string[]>();
  for (const [index, id] of entries.entries()) {
    const row = rowAt.get(lines[index] ?? 0);
    if (row && !rowOf.has(id)) rowOf.set(id, row);
  }
  const width = Math.max(0, ...[...rowOf.values()].map((row) => row.length), first?.cells.length ?? 0);
  const others = Array.from({ length: width }, (_, index) => index).filter((index) => index !== column);
  const nameOf = (index: number) => (heading === null ? '' : first?.cells[index]) || `column_${index + 1}`;

  yield writeCsv([[...RESULT_COLUMNS, ...others.map(nameOf)]]);
  for await (const page of pages) {
    onPage(page);
    const records = page.data.map(({ error, ...result }) => {
      const cells = { ...result, error_code: error?.code, error_message: error?.message };
      const own = rowOf.get(result.mentor_id);
      return [
        ...RESULT_COLUMNS.map((name) => cells[name] ?? ''),
        ...others.map((index) => own?.[index] ?? ''),
      ];
    });
    if (records.length > 0) yield writeCsv(records);
  }
}
