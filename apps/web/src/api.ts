import { ApiProblem, createClient, ServiceUnreachable } from '@bulk/client';
import { BASE_PATH } from '@bulk/contract/plain';

/** Calls the service that served this page. */
export const client = createClient({ baseUrl: '' });

/** Returns the sentence to show to the user. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return error.message;
  if (error instanceof ServiceUnreachable) return 'Cannot reach the service.';
  return 'Something went wrong on this page. Reload it and try again.';
}

/** Tells whether the error is transient: the same call may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  return error instanceof ServiceUnreachable || (error instanceof ApiProblem && error.status >= 500);
}

/** Returns the URL of the details with every result, as one JSON document. */
export function detailsUrl(id: string): string {
  return `${BASE_PATH}/${encodeURIComponent(id)}`;
}
