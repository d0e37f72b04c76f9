import { CsvError, parse } from 'csv-parse/browser/esm/sync';

/**
 * Splits CSV into rows of cells, without the empty rows. Each character of `delimiters` ends a cell.
 *
 * @param isExact keeps the blanks around cells
 * @param isLenient takes quotes that do not match for text; otherwise they throw a CsvError
 */
export function rowsOf(text: string, delimiters: string, isExact: boolean, isLenient: boolean): string[][] {
  const rows = text.includes('"') ? parseRows(text, delimiters, isExact, isLenient) : split(text, delimiters);
  // The parser knows fewer blanks.
  const trimmed = isExact ? rows : rows.map((row) => row.map((cell) => cell.trim()));
  return trimmed.filter((row) => row.some(Boolean));
}

function parseRows(text: string, delimiters: string, isExact: boolean, isLenient: boolean): string[][] {
  const delimiter = delimiters.split('');
  const options = { relax_column_count: true, relax_quotes: true, record_delimiter: ['\r\n', '\n', '\r'] };
  try {
    return parse(text, { ...options, delimiter, trim: !isExact });
  } catch (error) {
    if (isLenient && error instanceof CsvError) return split(text, delimiters);
    throw error;
  }
}

/** Ten times as fast, for 100,000 lines that are read while somebody types. */
function split(text: string, delimiters: string): string[][] {
  const delimiter = new RegExp(`[${delimiters}]`);
  return text.split(/\r\n?|\n/).map((line) => line.split(delimiter));
}
