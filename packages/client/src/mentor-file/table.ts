import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { CsvError } from 'csv-parse/browser/esm/sync';
import { type Row, rowsOf } from './csv-rows.ts';
import { columnsNamed } from './headings.ts';

/** The rows of a file or of what was pasted. The first one may be the headings. */
export interface Table {
  rows: Row[];
  /** A results file of this service. A quote before a formula is not a part of the id. */
  isOurs: boolean;
}

export interface UnusableFile {
  kind: 'unusable';
  /** Goes on where the name of the file ends: `is not valid CSV`. */
  problem: string;
  /** For the user to recognise it. */
  firstLines: string[];
}

const DELIMITERS = ['\t', ';', ','];
const ALL_DELIMITERS = DELIMITERS.join('');

/**
 * Splits a text into rows. A list of ids, also side by side on one line, becomes a table of one column.
 *
 * @param isPasted quotes may be anywhere
 */
export function readTable(text: string, isPasted = false): Table | UnusableFile {
  // Excel puts a byte order mark before its CSV.
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.includes('\0')) return unusable('is not text: save a spreadsheet as CSV first');
  try {
    return readRows(clean, isPasted);
  } catch (error) {
    if (error instanceof CsvError) return unusable(`is not valid CSV: ${error.message}`, clean);
    throw error;
  }
}

export function unusable(problem: string, text = ''): UnusableFile {
  const lines = text.split(/\r\n?|\n/, 20).filter((line) => line.trim() !== '');
  return { kind: 'unusable', problem, firstLines: lines.slice(0, 3).map((line) => line.slice(0, 80)) };
}

function readRows(text: string, isLenient: boolean): Table {
  const [firstLine = ''] = /\S.*/.exec(text) ?? [];
  const delimiter = delimiterOf(firstLine);
  // Other columns may follow.
  const isOurs = `${firstLine.replaceAll('"', '').trimEnd()}${delimiter}`.startsWith(
    `${RESULT_COLUMNS.join(delimiter)}${delimiter}`,
  );
  const rows = rowsOf(text, delimiter, { isExact: isOurs, isLenient });
  const isTable = isOurs || (rows.length > 1 && columnsNamed(rows[0]?.cells ?? []).length > 0);
  if (isTable) return { rows, isOurs };
  const values =
    delimiter === ALL_DELIMITERS ? rows : rowsOf(text, ALL_DELIMITERS, { isExact: false, isLenient });
  return { rows: isList(values) ? oneColumn(values, text.includes('"')) : rows, isOurs };
}

/** The one that comes most often; all of them where none does. */
function delimiterOf(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length;
  const most = DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
  return line.includes(most) ? most : ALL_DELIMITERS;
}

/** One id a line, ids on one line, or ids on lines of which all but the last end with a delimiter. */
function isList(rows: Row[]): boolean {
  if (rows.length < 2 || rows.every(({ cells }) => !cells.slice(1).some(Boolean))) return true;
  const isWrapped = rows.every(({ cells }, index) => (cells.at(-1) === '') === index < rows.length - 1);
  return isWrapped && rows.every(({ cells }) => cells.every((cell) => cell === '' || /\d/.test(cell)));
}

function oneColumn(rows: Row[], hasQuotes: boolean): Row[] {
  const isOneLine = rows.length === 1 && !hasQuotes;
  return rows.flatMap(({ cells, line }) => {
    const values = isOneLine ? cells.flatMap(splitAtBlanks) : cells;
    return values.filter(Boolean).map((cell) => ({ cells: [cell], line }));
  });
}

/** `m-1 m-2` is two ids, `Ada Lovelace` is one: each of several ids has a digit. */
function splitAtBlanks(cell: string): string[] {
  const parts = cell.split(/\s+/);
  return parts.every((part) => /\d/.test(part)) ? parts : [cell];
}
