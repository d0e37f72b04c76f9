import { ApiProblem, createClient, ServiceUnreachable } from '@bulk/client';
import { BASE_PATH } from '@bulk/contract/plain';
import { currentKey, refuseKey } from './session/session.ts';

/** Calls the service that served this page, with the key of the user if there is one. */
export const client = createClient({
  baseUrl: '',
  apiKey: currentKey,
  fetch: async (input, init) => {
    const key = currentKey();
    const response = await fetch(input, init);
    if (response.status === 401) refuseKey(key);
    return response;
  },
});

/** Returns the sentence to show to the user. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) return problemMessageOf(error);
  if (error instanceof ServiceUnreachable) return 'Cannot reach the service.';
  return 'Something went wrong on this page. Reload it and try again.';
}

function problemMessageOf({ status, message }: ApiProblem): string {
  if (status === 401) return 'You were not signed in. Try again.';
  if (status === 403) return `Your key does not allow this. ${message}`;
  return message;
}

/** Tells whether the error is transient: the same call may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiProblem) return error.status >= 500 || error.status === 429;
  return error instanceof ServiceUnreachable;
}

/** Returns the URL of the details with every result, as one JSON document. */
export function detailsUrl(id: string): string {
  return `${BASE_PATH}/${encodeURIComponent(id)}`;
}
