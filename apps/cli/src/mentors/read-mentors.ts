import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { UsageError } from '../usage-error.ts';
import { parseMentors } from './parse-mentors.ts';

export interface MentorList {
  /** Each once, in the order in which they came. */
  ids: string[];
  /** How many more times one of them came. */
  repeated: number;
  /** Lines that have others beside them, and no id. */
  empty: number;
}

/**
 * @param files `-` is `stdin`
 * @param options.column of CSV files; null: guessed by its name
 * @throws UsageError for files that can't be read, or have no ids
 */
export async function readMentors(
  files: string[],
  { column, stdin }: { column: string | null; stdin: Readable },
): Promise<MentorList> {
  const ids = new Set<string>();
  let found = 0;
  let empty = 0;
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    const text = decode(await read(file, stdin), name);
    const list = parseMentors(text, { name, column });
    for (const id of list.ids) ids.add(id);
    found += list.ids.length;
    empty += list.empty;
  }
  if (found === 0) throw new UsageError(`There are no mentor ids in ${files.join(', ')}`);
  return { ids: [...ids], repeated: found - ids.size, empty };
}

async function read(file: string, stdin: Readable): Promise<Buffer> {
  if (file === '-') return buffer(stdin);
  try {
    return await readFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : String(code);
    throw new UsageError(`${file} can't be read: ${reason}`, { cause: error });
  }
}

/** A spreadsheet is no text, and its bytes as ids would be nonsense that is accepted. */
function decode(bytes: Buffer, name: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.includes('\0')) return text;
  } catch {
    // Said below, for both.
  }
  throw new UsageError(`${name} is not text in UTF-8: save a spreadsheet as CSV (UTF-8) first`);
}
