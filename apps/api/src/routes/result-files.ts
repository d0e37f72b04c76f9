import { escapeFormula, type MentorResult, RESULT_COLUMNS, type ResultFormat } from '@bulk/contract';
import type { OpenResults } from '@bulk/core';
import { stringify } from 'csv-stringify/sync';

export type FileFormat = Exclude<ResultFormat, 'json'>;

export const FILE_TYPES = {
  csv: 'text/csv; charset=utf-8',
  ndjson: 'application/x-ndjson',
} satisfies Record<FileFormat, string>;

type Pages = OpenResults['pages'];

/** The file as text, a page at a time: the next one is read when this one is on its way. */
export const FILE_WRITERS: Record<FileFormat, (pages: Pages) => AsyncGenerator<string>> = {
  csv: writeCsv,
  ndjson: writeNdjson,
};

/** RFC 4180. A spreadsheet would run a cell that begins like a formula: such a cell gets a quote in front. */
async function* writeCsv(pages: Pages): AsyncGenerator<string> {
  const write = (records: string[][]) => stringify(records, { record_delimiter: 'windows' });
  yield write([[...RESULT_COLUMNS]]);
  for await (const { results } of pages) {
    if (results.length > 0) yield write(results.map(toRecord));
  }
}

function toRecord({ error, ...result }: MentorResult): string[] {
  const cells = { ...result, error_code: error?.code, error_message: error?.message };
  return RESULT_COLUMNS.map((column) => escapeFormula(cells[column] ?? ''));
}

async function* writeNdjson(pages: Pages): AsyncGenerator<string> {
  for await (const { results } of pages) {
    if (results.length > 0) yield results.map((result) => `${JSON.stringify(result)}\n`).join('');
  }
}
