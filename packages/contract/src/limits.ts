/** What one request may ask for. The schemas and the messages of the service both read these. */
export const LIMITS = {
  mentorsPerRegistration: 100_000,
  /** Unicode code points, so at most 256 bytes in UTF-8. */
  idLength: 64,
  notesLength: 2_000,
  minDurationMinutes: 1,
  maxDurationMinutes: 1_440,
  pageSize: 100,
  defaultPageSize: 20,
  /** The last registration that a page number leads to; cursors lead further. */
  reachOfPages: 10_000,
  /** Registrations that a total counts up to. */
  countedTotal: 100_000,
  /** Results in one answer; a file has all of them. */
  resultsPageSize: 1_000,
  /** Registrations counted that wait ahead of another one. */
  countedAhead: 1_000,
  /** Errors listed in one problem; further ones are only counted. */
  fieldErrorsPerProblem: 100,
  /** Failed mentors whose clashing activity is looked up for one answer. */
  existingActivitiesPerAnswer: 1_000,
} as const;
