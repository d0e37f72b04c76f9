// What callers need as values. It loads no schema, so that pages stay small.

/** What one request may ask for. The schemas and the messages of the service both read these. */
export const LIMITS = {
  mentorsPerRegistration: 100_000,
  /** Unicode code points, so at most 256 bytes in UTF-8. */
  idLength: 64,
  notesLength: 2_000,
  labelLength: 200,
  /** Of a plan for `mentorsPerRegistration` mentors: a bit for each, in base64. */
  planLength: 17_000,
  minDurationMinutes: 1,
  maxDurationMinutes: 1_440,
  pageSize: 100,
  defaultPageSize: 20,
  /** The last registration that a page number leads to; cursors lead further. */
  reachOfPages: 10_000,
  /** Registrations that a total counts up to. */
  countedTotal: 10_000,
  /** Results in one answer; a file has all of them. */
  resultsPageSize: 1_000,
  /** Registrations counted that wait ahead of another one. */
  countedAhead: 1_000,
  /** Errors listed in one problem; further ones are only counted. */
  fieldErrorsPerProblem: 100,
  /** Hits of one search. */
  searchHits: 10,
  /** Failed mentors whose clashing activity is looked up for one answer. */
  existingActivitiesPerAnswer: 1_000,
} as const;

/** Where all endpoints are. */
export const BASE_PATH = '/api/v1/bulk-registrations';

/** Where the activities are, one by one. */
export const ACTIVITIES_PATH = '/api/v1/activities';

/** Where the activities of a mentor are listed. */
export const MENTORS_PATH = '/api/v1/mentors';

export const SEARCH_PATH = '/api/v1/search';

/** Where the numbers above the list are. */
export const TOTALS_PATH = '/api/v1/totals';

/** Where the workers are listed. */
export const WORKERS_PATH = '/api/v1/workers';

/** Where it says how the service is doing. */
export const OPERATIONS_PATH = '/api/v1/operations';

/** Where it says who the caller is. */
export const CALLER_PATH = '/api/v1/caller';

/** Makes the answer to a cancel or a deletion. */
export function deletionMessage(id: string, outcome: 'cancelled' | 'deleted'): string {
  return `Bulk registration job ${id} ${outcome} successfully`;
}

/** Why a mentor failed, or why an undo kept the activity: the code and the sentence that goes with it. */
export const RESULT_ERRORS = {
  duplicate: 'The mentor already has this activity on this date.',
  invalid_value: 'The database refused a value of this record.',
  constraint_violated: 'The record breaks a rule of the database.',
  limit_exceeded: 'The record is larger than the database allows.',
  rejected: 'A rule of the database rejected the record.',
  activity_changed: 'The activity was changed after it was registered, so the undo kept it.',
  activity_gone: 'The activity was gone before the undo.',
  delete_refused: 'The database refused to delete the activity, so the undo kept it.',
} as const;

export type ResultErrorCode = keyof typeof RESULT_ERRORS;

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
