import { RESULT_COLUMNS, unescapeFormula } from '@bulk/contract/plain';
import { CsvError } from 'csv-parse/browser/esm/sync';
import { rowsOf } from './csv-rows.ts';

// Finds mentor ids in a text: one a line, or a column of a table. It never guesses which column of a table has
// the ids, nor whether the first line is a heading: names and headings would become mentors.

export type MentorFile = MentorList | UnclearHeading | UnusableFile;

interface MentorList {
  kind: 'list';
  /** As they stand there, repeated ones too; `ids` has each once. */
  entries: string[];
  ids: string[];
  /** Of the column they were taken from; null: there was none. */
  heading: string | null;
  /** How many rows of the table have no id. */
  empty: number;
}

/** A single column whose first value may be a heading or a mentor. It is the first of `entries` too. */
interface UnclearHeading {
  kind: 'unclear';
  heading: string;
  entries: string[];
}

interface UnusableFile {
  kind: 'unusable';
  /** Goes on where the name of the file ends: `has no column …`. */
  problem: string;
  /** For the user to recognise it. */
  firstLines: string[];
}

export interface ReadOptions {
  /** The heading of the column with the ids; otherwise a known one. */
  column?: string | undefined;
  /** false: the first line is a mentor, whatever it looks like. */
  hasHeading?: boolean;
  /** Typed or pasted: ids may stand side by side, and quotes may be anywhere. */
  isPasted?: boolean;
}

/** As compared, best first. */
const HEADINGS = ['mentorid', 'mentorids', 'mentor', 'mentors', 'mentornumber', 'mentorno', 'id', 'ids'];
const DELIMITERS = ['\t', ';', ','];

/** Reads a file of mentors, or what was pasted. */
export function readMentorFile(text: string, options: ReadOptions = {}): MentorFile {
  // Excel puts a byte order mark before its CSV.
  const clean = text.replace(/^\uFEFF/, '');
  if (clean.includes('\0')) return unusable('', 'is not text: save a spreadsheet as CSV first');
  try {
    return readNamedColumn(clean, options) ?? readSingleColumn(clean, options);
  } catch (error) {
    if (error instanceof CsvError) return unusable(clean, `is not valid CSV: ${error.message}`);
    throw error;
  }
}

/** The same values as a text that reads the same when it is pasted. */
export function pastedTextOf(entries: readonly string[]): string {
  const quote = (id: string) => (/[\t\r\n",;]/.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  return entries.map(quote).join('\n');
}

/** null: no heading names one, and none was asked for. */
function readNamedColumn(text: string, { column, hasHeading = true, isPasted = false }: ReadOptions) {
  const [firstLine = ''] = /\S.*/.exec(text) ?? [];
  const delimiter = delimiterOf(firstLine);
  const isOurs = firstLine.replaceAll('"', '') === RESULT_COLUMNS.join(delimiter);
  const [headings = [], ...rows] = rowsOf(text, delimiter, isOurs, isPasted);
  const isSideBySide = isPasted && rows.length === 0 && headings.length > 1;
  const [index, other] = hasHeading && !isSideBySide ? columnsNamed(headings, column) : [];
  if (other !== undefined) return unusable(text, `has two columns named ${headings[other]}`);
  if (index === undefined)
    return column === undefined ? null : unusable(text, `has no column named ${column}`);
  // A comma that is not quoted moves what follows into the next column.
  const tooLong = rows.find(isLongerThan(headings.length));
  if (tooLong) return unusable(text, `has more values than headings beside ${tooLong[0]}`);
  const cells = rows.map((row) => row[index] ?? '');
  return listOf(isOurs ? cells.map(unescapeFormula) : cells, headings[index]);
}

function readSingleColumn(text: string, { hasHeading = true, isPasted = false }: ReadOptions): MentorFile {
  const rows = rowsOf(text, DELIMITERS.join(''), false, isPasted);
  // Pasted cells with tabs are a table of a spreadsheet; with commas they may just be a wrapped list.
  const isTable = isPasted ? rows.length > 1 && /\S *\t[^\S\r\n]*\S/.test(text) : rows.some(isLongerThan(1));
  if (isTable) return unusable(text, 'has no column named mentor_id, mentor or id');
  const entries = rows.flat().filter(Boolean);
  const [heading = '', ...others] = entries;
  const isUnclear = others.length > 0 && !/\d/.test(heading) && others.every((each) => /\d/.test(each));
  return hasHeading && isUnclear ? { kind: 'unclear', heading, entries } : listOf(entries);
}

/** The one that comes most often; all of them where none does. */
function delimiterOf(line: string): string {
  const count = (delimiter: string) => line.split(delimiter).length;
  const most = DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
  return line.includes(most) ? most : DELIMITERS.join('');
}

/** Where the best known heading stands, or the one that was asked for: `Mentor ID` is `mentor_id`. */
function columnsNamed(headings: string[], column: string | undefined): number[] {
  const comparable = (heading: string) => heading.toLowerCase().replaceAll(/[\s._-]+/g, '');
  const found = headings.map(comparable);
  const wanted = column === undefined ? HEADINGS : [comparable(column)];
  const best = wanted.find((each) => found.includes(each));
  return [...found.keys()].filter((index) => found[index] === best);
}

function isLongerThan(width: number) {
  return (row: string[]) => row.length > width && row.slice(width).some(Boolean);
}

function listOf(cells: string[], heading: string | null = null): MentorList {
  const entries = cells.filter(Boolean);
  return { kind: 'list', entries, ids: [...new Set(entries)], heading, empty: cells.length - entries.length };
}

function unusable(text: string, problem: string): UnusableFile {
  const lines = text.split(/\r\n?|\n/).filter((line) => line.trim() !== '');
  return { kind: 'unusable', problem, firstLines: lines.slice(0, 3).map((line) => line.slice(0, 80)) };
}
