import { RESULT_COLUMNS } from '@bulk/contract/plain';
import { unzipSync, zipSync } from 'fflate';
import readExcelFile, { type CellValue } from 'read-excel-file/universal';
import { type Table, type UnusableFile, unusable } from './table.ts';

export interface Sheet {
  name: string;
  table: Table;
}

const MAX_UNPACKED_BYTES = 400_000_000;

/** Reads the sheets of an Excel file (.xlsx) that are not empty. Loaded only when it is needed: it is large. */
export async function readSpreadsheet(bytes: Uint8Array): Promise<Sheet[] | UnusableFile> {
  try {
    const sheets = await readExcelFile(repack(bytes), { trim: false });
    return sheets
      .map(({ sheet, data }) => ({ name: sheet, table: tableOf(data) }))
      .filter(({ table }) => table.rows.length > 0);
  } catch {
    return unusable(
      "can't be read as an Excel file (.xlsx). Open it in a spreadsheet program, save it as CSV (UTF-8), and take that file",
    );
  }
}

/**
 * Packs the file again without compression. The library would unpack compressed files in workers made from text, which
 * the content security policy of the page forbids.
 */
function repack(bytes: Uint8Array): ArrayBuffer {
  let unpackedBytes = 0;
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => {
      const isNeeded = name.endsWith('.xml') || name.endsWith('.rels');
      if (isNeeded) unpackedBytes += originalSize;
      if (unpackedBytes > MAX_UNPACKED_BYTES) throw new Error('too large');
      return isNeeded;
    },
  });
  return zipSync(files, { level: 0 }).buffer;
}

function tableOf(data: (CellValue | null)[][]): Table {
  const rows = data.map((cells, index) => ({ cells: cells.map(textOf), line: index + 1 }));
  const isOurs = RESULT_COLUMNS.every((column, index) => rows[0]?.cells[index] === column);
  const trimmed = isOurs
    ? rows
    : rows.map(({ cells, line }) => ({ cells: cells.map((cell) => cell.trim()), line }));
  return { rows: trimmed.filter(({ cells }) => cells.some(Boolean)), isOurs };
}

function textOf(value: CellValue | null): string {
  if (value === null) return '';
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value);
}
