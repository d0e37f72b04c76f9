import type { Readable } from 'node:stream';
import { type Choice, findIssues, findMentors, withoutIssues } from '@bulk/client/mentor-file';
import { UsageError } from '../usage-error.ts';
import { tellIssues, tellProblem } from './messages.ts';
import { readTableOf } from './read-table-of.ts';

export interface MentorList {
  /** Each once, in the order in which they came. */
  ids: string[];
  /** How many more times one of them came. */
  repeated: number;
  /** Where the first of these are, such as `people.csv:4`. */
  repeatedAt: string[];
  /** Lines that have others beside them, and no id. */
  empty: number;
  /** How many ids were changed or left out by `isCleaned`. */
  cleaned: number;
}

export interface ReadOptions extends Choice {
  /** Of a spreadsheet. */
  sheet?: string | undefined;
  /** Takes invisible characters out of ids, and leaves out ids that are too long. Otherwise both are refused. */
  isCleaned?: boolean | undefined;
  stdin: Readable;
}

const SHOWN_PLACES = 3;

/**
 * Reads the mentors of files.
 *
 * @param files `-` is `stdin`
 * @throws UsageError for files that can't be read, or have no ids, or not clearly, or ids that are not valid
 */
export async function readMentors(files: string[], options: ReadOptions): Promise<MentorList> {
  const ids = new Set<string>();
  const list: MentorList = { ids: [], repeated: 0, repeatedAt: [], empty: 0, cleaned: 0 };
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    const read = await readFileOf(file, name, options);
    for (const [index, id] of read.entries.entries()) {
      if (ids.has(id)) {
        list.repeated += 1;
        if (list.repeatedAt.length < SHOWN_PLACES) list.repeatedAt.push(`${name}:${read.lines[index]}`);
      }
      ids.add(id);
    }
    list.empty += read.empty;
    list.cleaned += read.cleaned;
  }
  if (ids.size === 0) throw new UsageError(`There are no mentor IDs in ${files.join(', ')}`);
  return { ...list, ids: [...ids] };
}

/**
 * Reads the mentors of one file, as they stand there.
 *
 * @param file `-` is `stdin`
 * @param name for messages
 * @throws UsageError for a file that can't be read, or whose mentors are not clear
 */
export async function readMentorsOf(file: string, name: string, { sheet, stdin, ...choice }: ReadOptions) {
  const found = findMentors(await readTableOf(file, name, { sheet, stdin }), choice);
  if (found.kind !== 'list') throw tellProblem(name, found);
  return found;
}

async function readFileOf(file: string, name: string, { isCleaned, ...options }: ReadOptions) {
  const found = await readMentorsOf(file, name, options);
  const { entries, lines, empty, table } = found;
  const issues = findIssues(found).filter(
    // Ids of our own results file are those of mentors who have a result.
    ({ kind }) => kind === 'too_long' || (kind === 'invisible' && !table.isOurs),
  );
  if (issues.length === 0) return { entries, lines, empty, cleaned: 0 };
  if (!isCleaned) throw tellIssues(name, issues);
  const kept = entries
    .map((id, index) => ({
      id: withoutIssues(withoutIssues([id], 'invisible'), 'too_long')[0],
      line: lines[index],
    }))
    .filter((each): each is { id: string; line: number } => each.id !== undefined);
  return {
    entries: kept.map(({ id }) => id),
    lines: kept.map(({ line }) => line),
    empty,
    cleaned: issues.length,
  };
}
