import { RESULT_COLUMNS, unescapeFormula } from '@bulk/contract/plain';
import type { Row } from './csv-rows.ts';
import { columnsNamed, mayBeHeading } from './headings.ts';
import { type Table, type UnusableFile, unusable } from './table.ts';

export type MentorFile = MentorList | UnclearTable | UnusableFile;

export interface MentorList {
  kind: 'list';
  table: Table;
  /** As they stand there, repeated ones too; `ids` has each once. */
  entries: string[];
  /** The line of each entry; the first line is 1. */
  lines: number[];
  ids: string[];
  /** Of the column they were taken from; null: there was none. */
  heading: string | null;
  column: number;
  /** How many rows of the table have no id. */
  empty: number;
}

/** Somebody has to say which column has the ids, whether the first row is a heading, or which results are meant. */
export interface UnclearTable {
  kind: 'unclear';
  question: 'column' | 'heading' | 'status';
  table: Table;
  column: number;
  /** The first value of the column. */
  heading: string;
}

/** What somebody said about a table. */
export interface Choice {
  /** A heading, a position as digits (`2` is the second column), or an index. Otherwise a known heading. */
  column?: string | number | undefined;
  /** Whether the first row is a heading. */
  hasHeading?: boolean | undefined;
  /** Each value is a mentor, in whichever column. */
  isEveryValue?: boolean;
  /** Of a results file: which mentors. */
  status?: 'failed' | 'all' | undefined;
}

/** Finds the mentor ids of a table. It never guesses: names and headings would become mentors. */
export function findMentors(table: Table, choice: Choice = {}): MentorFile {
  if (choice.isEveryValue) return listOf(table, table.rows.flatMap(valuesOf), 0, null);
  const located = locate(table, choice);
  if ('kind' in located) return located;
  const { column, hasHeading } = located;
  const [first, ...others] = table.rows;
  const heading = first?.cells[column] ?? '';
  if (hasHeading === undefined) return { kind: 'unclear', question: 'heading', table, column, heading };
  if (!hasHeading) return listOf(table, table.rows, column, null);

  const width = first?.cells.length ?? 0;
  // A comma that is not quoted moves what follows into the next column.
  const tooLong = others.find(({ cells }) => cells.slice(width).some(Boolean));
  if (tooLong) return unusable(`has more values than headings in line ${tooLong.line}: ${tooLong.cells[0]}`);
  if (!table.isOurs) return listOf(table, others, column, heading);
  return ofResultsFile(table, others, choice.status);
}

interface Located {
  column: number;
  /** undefined: nobody knows. */
  hasHeading: boolean | undefined;
}

function locate(table: Table, { column, hasHeading }: Choice): Located | UnclearTable | UnusableFile {
  const headings = table.rows[0]?.cells ?? [];
  if (typeof column === 'number') return { column, hasHeading };
  const [index, other] = hasHeading === false ? [] : columnsNamed(headings, column);
  if (other !== undefined) return unusable(`has two columns named ${headings[other]}`);
  if (index !== undefined) {
    const isSideBySide = table.rows.length > 1 && table.rows[0]?.line === table.rows[1]?.line;
    return { column: index, hasHeading: isSideBySide && column === undefined ? undefined : true };
  }
  const position = column === undefined ? 0 : positionOf(column, table);
  if (position === null) return unusable(`has no column named ${column}`);
  if (column !== undefined) return { column: position, hasHeading };
  const [heading = ''] = headings;
  if (widthOf(table) > 1) return { kind: 'unclear', question: 'column', table, column: 0, heading };
  return { column: 0, hasHeading: hasHeading ?? (mayBeHeading(valuesAt(0, table)) ? undefined : false) };
}

/** `2` is the second column. */
function positionOf(column: string, table: Table): number | null {
  const position = /^\d{1,4}$/.test(column) ? Number(column) - 1 : -1;
  return position >= 0 && position < widthOf(table) ? position : null;
}

function ofResultsFile(table: Table, rows: Row[], status: Choice['status']): MentorFile {
  const [column, statusColumn] = [RESULT_COLUMNS.indexOf('mentor_id'), RESULT_COLUMNS.indexOf('status')];
  const failed = rows.filter(({ cells }) => cells[statusColumn] === 'failed');
  const isUnclear = status === undefined && failed.length > 0 && failed.length < rows.length;
  if (isUnclear) return { kind: 'unclear', question: 'status', table, column, heading: RESULT_COLUMNS[0] };
  const chosen = status === 'failed' ? failed : rows;
  const unescaped = chosen.map(({ cells, line }) => ({ cells: cells.map(unescapeFormula), line }));
  return listOf(table, unescaped, column, RESULT_COLUMNS[0]);
}

function listOf(table: Table, rows: Row[], column: number, heading: string | null): MentorList {
  const filled = rows.filter(({ cells }) => cells[column]);
  const entries = filled.map(({ cells }) => cells[column] ?? '');
  const lines = filled.map(({ line }) => line);
  const empty = rows.length - filled.length;
  return { kind: 'list', table, entries, lines, ids: [...new Set(entries)], heading, column, empty };
}

function valuesOf({ cells, line }: Row): Row[] {
  return cells.filter(Boolean).map((cell) => ({ cells: [cell], line }));
}

export function valuesAt(column: number, { rows }: Table): string[] {
  return rows.map(({ cells }) => cells[column] ?? '');
}

export function widthOf({ rows }: Table): number {
  return rows.reduce((most, { cells }) => Math.max(most, cells.findLastIndex(Boolean) + 1), 0);
}
