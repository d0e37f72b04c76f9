import type { RegistrationSummary } from '@bulk/contract';
import { escapeFormula } from '@bulk/contract/plain';

/** Formats registrations as CSV, with the fields of the API as columns. A spreadsheet runs none of it as a formula. */
export function listCsvOf(registrations: readonly RegistrationSummary[]): string {
  // A field that a registration does not have is left out of it.
  const columns = [...new Set(registrations.flatMap(Object.keys))] as (keyof RegistrationSummary)[];
  const rows = registrations.map((registration) => columns.map((column) => registration[column]));
  return [columns, ...rows].map((cells) => `${cells.map(cellOf).join(',')}\r\n`).join('');
}

function cellOf(value: string | number | null | undefined): string {
  const text = typeof value === 'string' ? escapeFormula(value) : String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
