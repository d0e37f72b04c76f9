import { RESULT_COLUMNS, unescapeFormula } from '@bulk/contract/plain';
import { CsvError } from 'csv-parse/browser/esm/sync';
import { rowsOf } from './csv-rows.ts';
import { columnsNamed, looksLikeHeading } from './headings.ts';

// Finds mentor ids in a text: one a line, or a column of a table. It never guesses which column of a table has
// the ids, nor whether the first line is a heading: names and headings would become mentors.

export type MentorFile = MentorList | UnclearHeading | UnusableFile;

export interface MentorList {
  kind: 'list';
  /** As they stand there, repeated ones too. */
  entries: string[];
  /** Each id once, in the order of its first appearance. */
  ids: string[];
  /** The heading of the column they were taken from; null: there was none. */
  heading: string | null;
  /** How many rows of the table have no id. */
  empty: number;
}

/** A single column whose first value may be a heading or a mentor. */
export interface UnclearHeading {
  kind: 'unclear';
  heading: string;
  /** All values, the heading first. */
  entries: string[];
}

export interface UnusableFile {
  kind: 'unusable';
  /** Goes on where the name of the file ends: `has no column …`. */
  problem: string;
  /** What the text begins with, for the user to recognise; none of a binary file. */
  firstLines: string[];
}

export interface ReadOptions {
  /** The heading of the column with the ids; otherwise a well-known one. */
  column?: string | undefined;
  /** false: the first line is a mentor, whatever it looks like. */
  hasHeading?: boolean;
  /** Typed or pasted: ids may stand side by side, and quotes may be anywhere. */
  isPasted?: boolean;
}

const DELIMITERS = '\t;,';
/** Two values with a tab between. */
const TABBED = /\S *\t[^\S\r\n]*\S/;
const SHOWN_LINES = 3;
const SHOWN_LINE_LENGTH = 80;

/** Reads a file of mentors, or what was pasted. */
export function readMentorFile(text: string, options: ReadOptions = {}): MentorFile {
  // Excel puts a byte order mark before its CSV.
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.includes('\0')) return unusable('is not text: save a spreadsheet as CSV first', []);
  const read = readCsv(clean, options);
  return typeof read === 'string' ? unusable(read, firstLinesOf(clean)) : read;
}

/** The same values as a text that reads the same when it is pasted. */
export function pastedTextOf(entries: readonly string[]): string {
  const quote = (id: string) => (/[\t\r\n",;]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  return entries.map(quote).join('\n');
}

/** A string tells what is wrong. */
function readCsv(text: string, options: ReadOptions): MentorList | UnclearHeading | string {
  try {
    return readNamedColumn(text, options) ?? readSingleColumn(text, options);
  } catch (error) {
    if (error instanceof CsvError) return `is not valid CSV: ${error.message}`;
    throw error;
  }
}

/** null: there is no heading that could name one. */
function readNamedColumn(text: string, options: ReadOptions): MentorList | string | null {
  const { column, hasHeading = true, isPasted: isLenient = false } = options;
  const [firstLine = ''] = /\S.*/.exec(text) ?? [];
  const delimiter = delimiterOf(firstLine);
  const isOurs = firstLine.replaceAll('"', '') === RESULT_COLUMNS.join(delimiter);
  const [headings = [], ...rows] = rowsOf(text, delimiter, { isExact: isOurs, isLenient });
  // Pasted side by side.
  const isOneRow = isLenient && rows.length === 0 && headings.length > 1;
  const [index, other] = hasHeading && !isOneRow ? columnsNamed(headings, column) : [];
  if (other !== undefined) return `has two columns named ${headings[other]}`;
  if (index === undefined) return column === undefined ? null : `has no column named ${column}`;
  // A comma that is not quoted moves what follows into the next column.
  const tooLong = rows.find(isLongerThan(headings.length));
  if (tooLong) return `has a line with more values than headings: ${shorten(tooLong.join(', '))}`;
  const cells = rows.map((row) => row[index] ?? '');
  return listOf(isOurs ? cells.map(unescapeFormula) : cells, headings[index]);
}

function readSingleColumn(text: string, { hasHeading = true, isPasted = false }: ReadOptions) {
  const rows = rowsOf(text, DELIMITERS, { isExact: false, isLenient: isPasted });
  // Pasted cells with tabs are a table of a spreadsheet; with commas they may just be a wrapped list.
  const isTable = isPasted ? rows.length > 1 && TABBED.test(text) : rows.some(isLongerThan(1));
  if (isTable) return 'has no column named mentor_id, mentor or id';
  const cells = rows.flat().filter(Boolean);
  if (!hasHeading || !looksLikeHeading(cells)) return listOf(cells);
  return { kind: 'unclear' as const, heading: cells[0] ?? '', entries: cells };
}

/** The one that comes most often; all of them where none does. */
function delimiterOf(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length - 1;
  const most = [...DELIMITERS].reduce((best, each) => (count(each) > count(best) ? each : best));
  return count(most) === 0 ? DELIMITERS : most;
}

function isLongerThan(width: number) {
  return (row: string[]) => row.length > width && row.slice(width).some(Boolean);
}

function listOf(cells: string[], heading: string | null = null): MentorList {
  const entries = cells.filter(Boolean);
  return { kind: 'list', entries, ids: [...new Set(entries)], heading, empty: cells.length - entries.length };
}

function unusable(problem: string, firstLines: string[]): UnusableFile {
  return { kind: 'unusable', problem, firstLines };
}

function firstLinesOf(text: string): string[] {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  return lines.slice(0, SHOWN_LINES).map(shorten);
}

function shorten(line: string): string {
  return line.length > SHOWN_LINE_LENGTH ? `${line.slice(0, SHOWN_LINE_LENGTH)}…` : line;
}
