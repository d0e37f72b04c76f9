import { type Choice, findMentors, type MentorFile, valuesAt, widthOf } from './find-mentors.ts';
import { mayBeHeading } from './headings.ts';
import { readTable, type Table } from './table.ts';

export { fileKindOf } from './file-kind.ts';
export {
  type Choice,
  findMentors,
  type MentorFile,
  type MentorList,
  type UnclearTable,
} from './find-mentors.ts';
export { findIssues, type Issue, type IssueKind, showInvisible, withoutIssues } from './issues.ts';
export { readTable, type Table, type UnusableFile } from './table.ts';

export interface ReadOptions extends Choice {
  /** Typed or pasted: quotes may be anywhere. */
  isPasted?: boolean;
}

/** Finds the mentor ids of a file, or of what was pasted: one a line, side by side, or a column of a table. */
export function readMentorFile(text: string, { isPasted, ...choice }: ReadOptions = {}): MentorFile {
  const table = readTable(text, isPasted);
  return 'kind' in table ? table : findMentors(table, choice);
}

/** A column, for somebody to choose. */
export interface Column {
  index: number;
  /** Its first value, which may be its heading. */
  first: string;
  /** The values after the first one; at most three. */
  samples: string[];
}

/** Describes the columns of a table. */
export function columnsOf(table: Table): Column[] {
  return Array.from({ length: widthOf(table) }, (_, index) => {
    const [first = '', ...others] = valuesAt(index, { ...table, rows: table.rows.slice(0, 100) });
    return { index, first, samples: others.filter(Boolean).slice(0, 3) };
  });
}

/** Whether the first row of a table may be its headings: no value of it has a digit, or one is a word of headings. */
export function mayHaveHeadings(table: Table): boolean {
  const first = table.rows[0]?.cells ?? [];
  return first.every((cell) => !/\d/.test(cell)) || first.some((cell) => mayBeHeading([cell]));
}

/** Writes ids as a text from which the same ids are read when it is pasted. */
export function pastedTextOf(entries: readonly string[]): string {
  // The blank in a single line may separate ids.
  const special = entries.length === 1 ? /[\s",;]/ : /[\t\r\n",;]/;
  const quote = (id: string) => (special.test(id) ? `"${id.replaceAll('"', '""')}"` : id);
  return entries.map(quote).join('\n');
}
