import { ApiProblem, createClient, ServiceUnreachable } from '@bulk/client';
import { BASE_PATH } from '@bulk/contract/plain';

/** The service that this page came from. */
export const client = createClient({ baseUrl: '' });

/** What to tell a person. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.message;
  if (error instanceof ServiceUnreachable) return 'The service can’t be reached right now.';
  return 'Something went wrong in this page. Reload it, and try again.';
}

/** Whether the same call may succeed in a moment. */
export function isPassing(error: unknown): boolean {
  return error instanceof ServiceUnreachable || (error instanceof ApiProblem && error.status >= 500);
}

/** The details with every result, as one JSON document. */
export function detailsUrl(id: string): string {
  return `${BASE_PATH}/${encodeURIComponent(id)}`;
}
