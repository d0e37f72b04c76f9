import { writeCsv } from '@bulk/client/csv';
import type { RegistrationSummary } from '@bulk/contract';

/** Formats registrations as CSV, with the fields of the API as columns. */
export function listCsvOf(registrations: readonly RegistrationSummary[]): string {
  // A field that a registration does not have is left out of it.
  const columns = [...new Set(registrations.flatMap(Object.keys))] as (keyof RegistrationSummary)[];
  const rows = registrations.map((registration) =>
    columns.map((column) => String(registration[column] ?? '')),
  );
  return writeCsv([columns, ...rows]);
}
