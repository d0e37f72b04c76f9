// What callers need as values. It loads no schema, so that pages stay small.

export { LIMITS } from './limits.ts';

/** Where all endpoints are. */
export const BASE_PATH = '/api/v1/bulk-registrations';

/** Makes the answer to a cancel or a deletion. */
export function deletionMessage(id: string, outcome: 'cancelled' | 'deleted'): string {
  return `Bulk registration job ${id} ${outcome} successfully`;
}

/** The columns of the CSV file of results. */
export const RESULT_COLUMNS = [
  'mentor_id',
  'status',
  'activity_id',
  'error_code',
  'error_message',
  'existing_activity_id',
] as const;

/** What a spreadsheet runs as a formula, in both widths, behind any number of quotes. */
const FORMULA = /^'*[=+\-@\t\r＝＋－＠]/;

/** Puts a quote before a text that a spreadsheet would run. Quoted ones get one more, so that it can be undone. */
export function escapeFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** The exact inverse of `escapeFormula`. */
export function unescapeFormula(text: string): string {
  return text.startsWith("'") && FORMULA.test(text) ? text.slice(1) : text;
}
