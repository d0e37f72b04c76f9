import { type MentorResult, RESULT_COLUMNS, type ResultFormat } from '@bulk/contract';
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
  const options = { columns: [...RESULT_COLUMNS], record_delimiter: 'windows', escape_formulas: true };
  yield stringify([], { ...options, header: true });
  for await (const { results } of pages) {
    if (results.length > 0) yield stringify(results.map(toRecord), options);
  }
}

function toRecord({
  error,
  ...result
}: MentorResult): Partial<Record<(typeof RESULT_COLUMNS)[number], unknown>> {
  return { ...result, error_code: error?.code, error_message: error?.message };
}

async function* writeNdjson(pages: Pages): AsyncGenerator<string> {
  for await (const { results } of pages) {
    if (results.length > 0) yield results.map((result) => `${JSON.stringify(result)}\n`).join('');
  }
}
