import { CsvError, parse } from 'csv-parse/browser/esm/sync';

/**
 * Splits CSV into rows of cells, without the empty rows.
 *
 * @param delimiters each of these characters ends a cell
 * @param options.isExact keeps the blanks around cells
 * @param options.isLenient takes quotes that do not match for text; otherwise they throw a CsvError
 */
export function rowsOf(text: string, delimiters: string, options: { isExact: boolean; isLenient: boolean }) {
  const rows = text.includes('"') ? parseRows(text, delimiters, options) : splitRows(text, delimiters);
  // The parser knows fewer blanks.
  const trimmed = options.isExact ? rows : rows.map((row) => row.map((cell) => cell.trim()));
  return trimmed.filter((row) => row.some(Boolean));
}

function parseRows(text: string, delimiters: string, { isExact, isLenient }: Parameters<typeof rowsOf>[2]) {
  try {
    return parse(text, {
      delimiter: [...delimiters],
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: !isExact,
      relax_column_count: true,
      relax_quotes: true,
    });
  } catch (error) {
    if (isLenient && error instanceof CsvError) return splitRows(text, delimiters);
    throw error;
  }
}

/** Ten times as fast, for 100,000 lines that are read while somebody types. */
function splitRows(text: string, delimiters: string): string[][] {
  const delimiter = new RegExp(`[${delimiters}]`);
  return text.split(/\r\n?|\n/).map((line) => line.split(delimiter));
}
