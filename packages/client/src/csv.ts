import { escapeFormula } from '@bulk/contract/plain';
import { stringify } from 'csv-stringify/browser/esm/sync';

/** Writes rows as CSV (RFC 4180). A spreadsheet runs no cell as a formula. */
export function writeCsv(rows: readonly (readonly string[])[]): string {
  return stringify(
    rows.map((row) => row.map(escapeFormula)),
    { record_delimiter: 'windows' },
  );
}
