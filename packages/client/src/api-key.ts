import { malformedApiKey } from './errors.ts';

/** A key, or a function that is asked for it before each request; undefined: none is sent. */
export type ApiKey = string | (() => string | undefined);

/** What a bearer token may consist of (RFC 6750); `fetch` would repeat any other in its error. */
const BEARER_TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Makes the header that sends the key; no header without a key.
 *
 * @throws ApiProblem `unauthorized` for a text that can be no key
 */
export function authorizationOf(apiKey: ApiKey | undefined): { authorization?: string } {
  const key = typeof apiKey === 'function' ? apiKey() : apiKey;
  if (key === undefined) return {};
  if (!BEARER_TOKEN.test(key)) throw malformedApiKey();
  return { authorization: `Bearer ${key}` };
}
