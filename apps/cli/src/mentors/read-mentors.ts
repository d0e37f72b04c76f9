import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type MentorFile, type ReadOptions, readMentorFile } from '@bulk/client/mentor-file';
import { visible } from '../io.ts';
import { UsageError } from '../usage-error.ts';

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
 * @throws UsageError for files that can't be read, or have no ids, or not clearly
 */
export async function readMentors(
  files: string[],
  { stdin, ...options }: ReadOptions & { stdin: Readable },
): Promise<MentorList> {
  const ids = new Set<string>();
  let found = 0;
  let empty = 0;
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file;
    const list = listOf(readMentorFile(decode(await read(file, stdin), name), options), name);
    for (const id of list.ids) ids.add(id);
    found += list.entries.length;
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

/** Other bytes as ids would be nonsense that is accepted. */
function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const message = `${name} is not text in UTF-8: save a spreadsheet as CSV (UTF-8) first`;
    throw new UsageError(message, { cause: error });
  }
}

/** @throws UsageError that tells how to go on */
function listOf(read: MentorFile, name: string) {
  if (read.kind === 'list') return read;
  const lines = read.kind === 'unclear' ? choiceOf(read.heading) : problemOf(read);
  throw new UsageError(`${name} ${lines.map(visible).join('\n  ')}`);
}

function choiceOf(heading: string): string[] {
  // Quoted, because the shell would run what a file may hold.
  const column = /^[\w.-]+$/.test(heading) ? heading : `'${heading.replaceAll("'", "'\\''")}'`;
  const choice = [`If it is a heading, add: --column ${column}`, 'If it is a mentor, add: --no-heading'];
  return [`begins with ${JSON.stringify(heading)}, which may be a heading or a mentor.`, ...choice];
}

function problemOf({ problem, firstLines }: Extract<MentorFile, { kind: 'unusable' }>): string[] {
  if (firstLines.length === 0) return [problem];
  return [`${problem}. It begins:`, ...firstLines, '--column names the column with the ids'];
}
