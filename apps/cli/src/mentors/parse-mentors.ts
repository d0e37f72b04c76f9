import { CsvError, parse } from 'csv-parse/sync';
import { visible } from '../io.ts';
import { UsageError } from '../usage-error.ts';

const COLUMN_NAMES = ['mentor_id', 'mentor', 'mentor_ids', 'mentorid', 'mentors', 'id'];
const DELIMITERS = [',', ';', '\t'];
const LINES_SHOWN = 3;
const LINE_WIDTH = 100;

export interface ParseOptions {
  /** What to call the file in messages. */
  name: string;
  /** null: guessed by its name. */
  column: string | null;
}

/**
 * Reads one id a line, or one column of a CSV file, with commas, semicolons or tabs.
 *
 * @returns the ids as they come, repeated or not, and how many lines had none
 * @throws UsageError for several columns none of which is known to have the ids
 */
export function parseMentors(text: string, options: ParseOptions): { ids: string[]; empty: number } {
  const records = recordsOf(text, options);
  const { column, isHeader } = findColumn(records, text, options);
  const cells = records.slice(isHeader ? 1 : 0).map((record) => record[column] ?? '');
  const ids = cells.filter((cell) => cell !== '');
  return { ids, empty: cells.length - ids.length };
}

function recordsOf(text: string, { name }: ParseOptions): string[][] {
  const [firstLine = ''] = text.trimStart().split('\n', 1);
  const delimiter = delimiterOf(firstLine);
  try {
    return parse(text, {
      bom: true,
      // Without one there is a single column, whose ids may have whatever they like in them.
      delimiter: delimiter ?? [],
      quote: delimiter !== null || firstLine.startsWith('"') ? '"' : null,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`${name} is no CSV: ${error.message}`, { cause: error });
  }
}

/** The one that comes most often; null: none does. */
function delimiterOf(line: string): string | null {
  const counts = DELIMITERS.map((delimiter) => line.split(delimiter).length - 1);
  const most = Math.max(...counts);
  return most === 0 ? null : (DELIMITERS[counts.indexOf(most)] ?? null);
}

function findColumn(
  records: string[][],
  text: string,
  { name, column }: ParseOptions,
): { column: number; isHeader: boolean } {
  const header = (records[0] ?? []).map(normal);
  const wanted = column === null ? COLUMN_NAMES : [normal(column)];
  for (const each of wanted) {
    if (header.includes(each)) return { column: header.indexOf(each), isHeader: true };
  }
  if (column === null && records.every((record) => record.length === 1)) {
    return { column: 0, isHeader: false };
  }
  const fault =
    column === null ? 'has no column named mentor_id, mentor or id' : `has no column named ${column}`;
  throw new UsageError([`${name} ${fault}. It begins:`, ...firstLinesOf(text), HOW_TO_NAME].join('\n'));
}

const HOW_TO_NAME = 'Its first line must name the columns; --column says which one has the ids.';

/** `Mentor ID` and `mentor-id` are `mentor_id`. */
function normal(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/[\s.-]+/g, '_');
}

function firstLinesOf(text: string): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, LINES_SHOWN)
    .map((line) => `  ${visible(line.slice(0, LINE_WIDTH))}`);
}
