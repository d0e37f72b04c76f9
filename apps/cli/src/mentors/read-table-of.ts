import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { fileKindOf, readTable, type Table } from '@bulk/client/mentor-file';
import { UsageError } from '../usage-error.ts';
import { tellProblem } from './messages.ts';

interface Source {
  /** Of a spreadsheet; not needed if only one has content. */
  sheet: string | undefined;
  stdin: Readable;
}

/**
 * Reads a table from a text, from CSV or from a spreadsheet.
 *
 * @param file `-` is `stdin`
 * @param name for messages
 * @throws UsageError
 */
export async function readTableOf(file: string, name: string, { sheet, stdin }: Source): Promise<Table> {
  const bytes = await read(file, stdin);
  const kind = fileKindOf(bytes);
  if (kind === 'xls') {
    throw new UsageError(
      `${name} is an old Excel file (.xls). Save it as .xlsx or as CSV, and use that file`,
    );
  }
  if (kind === 'xlsx') return readSheet(bytes, name, sheet);
  const table = readTable(decode(bytes, name));
  if ('kind' in table) throw tellProblem(name, table);
  return table;
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

async function readSheet(bytes: Uint8Array, name: string, wanted: string | undefined): Promise<Table> {
  const { readSpreadsheet } = await import('@bulk/client/spreadsheet');
  const sheets = await readSpreadsheet(bytes);
  if ('kind' in sheets) throw tellProblem(name, sheets);
  if (sheets.length === 0) return { rows: [], isOurs: false };
  const chosen = sheets.filter((sheet) => wanted === undefined || sheet.name === wanted);
  if (chosen.length === 1 && chosen[0]) return chosen[0].table;
  const names = sheets.map((sheet) => JSON.stringify(sheet.name)).join(', ');
  throw new UsageError(`${name} has these sheets: ${names}. To name one of them, add: --sheet <name>`);
}

/** Other bytes as ids would be nonsense that is accepted. */
function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const message = `${name} is not text in UTF-8. Save a spreadsheet as CSV (UTF-8) first`;
    throw new UsageError(message, { cause: error });
  }
}
