import { fileKindOf, readTable, type UnusableFile } from '@bulk/client/mentor-file';
import type { Sheet } from '@bulk/client/spreadsheet';

type Sheets = Sheet[] | UnusableFile;

/** Reads the tables of a file: the sheets of a spreadsheet, or the only table of a text. */
export async function readSheets(file: File): Promise<Sheets> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const kind = fileKindOf(bytes);
  if (kind === 'xlsx') return readInWorker(bytes);
  if (kind === 'xls') {
    const problem = 'is an old Excel file (.xls). Save it as .xlsx or as CSV (UTF-8), and choose that file';
    return { kind: 'unusable', problem, firstLines: [] };
  }
  const table = readTable(textOf(bytes));
  return 'kind' in table ? table : [{ name: file.name, table }];
}

/** Loads the code that reads spreadsheets, which is large, only now. */
function readInWorker(bytes: Uint8Array): Promise<Sheets> {
  const worker = new Worker(new URL('./spreadsheet.worker.ts', import.meta.url), { type: 'module' });
  return new Promise<Sheets>((resolve) => {
    worker.onmessage = ({ data }: MessageEvent<Sheets>) => resolve(data);
    worker.onerror = () =>
      resolve({
        kind: 'unusable',
        problem: 'could not be read. Try again, or save it as CSV',
        firstLines: [],
      });
    worker.postMessage(bytes, [bytes.buffer]);
  }).finally(() => worker.terminate());
}

/** The text of a file as spreadsheets save it: UTF-8, UTF-16 with its mark, or the Windows code page. */
function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
