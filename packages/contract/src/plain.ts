// What callers need as values. It loads no schema, so that pages stay small.

export * from './results-file.ts';

/** Where all endpoints are. */
export const BASE_PATH = '/api/v1/bulk-registrations';

/** Makes the answer to a cancel or a deletion. */
export function deletionMessage(id: string, outcome: 'cancelled' | 'deleted'): string {
  return `Bulk registration job ${id} ${outcome} successfully`;
}
