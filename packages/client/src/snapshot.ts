import type { RegistrationDetails, RegistrationWithoutMentors, ResultsMode } from '@bulk/contract';
import { retryAfterMsOf } from './errors.ts';
import type { CallOptions, Transport } from './transport.ts';

/** The details as they were read once, with what it takes to ask whether they changed. */
export interface Snapshot<Details = RegistrationDetails> {
  details: Details;
  etag: string;
  /** When to ask again; null once nothing more will happen by itself. */
  retryAfterMs: number | null;
}

export interface GetOptions extends CallOptions {
  /** Whose results: all of them unless said otherwise. */
  results?: ResultsMode | undefined;
  /** An earlier answer to the same question: when nothing has changed, this very object comes back. */
  known?: Snapshot | undefined;
}

/** The details without mentors and results: small, however many mentors there are. */
export type StatusSnapshot = Snapshot<RegistrationWithoutMentors>;

export interface StatusOptions extends CallOptions {
  /** An earlier answer: when nothing has changed, this very object comes back. */
  known?: StatusSnapshot | undefined;
}

/**
 * Reads the details.
 *
 * @throws ApiProblem `registration_not_found`
 */
export function readDetails(
  transport: Transport,
  id: string,
  { results, ...options }: GetOptions = {},
): Promise<Snapshot> {
  return readSnapshot(transport, id, { ...options, query: { results } });
}

/**
 * Reads the details without mentors and results.
 *
 * @throws ApiProblem `registration_not_found`
 */
export function readStatus(
  transport: Transport,
  id: string,
  options: StatusOptions = {},
): Promise<StatusSnapshot> {
  return readSnapshot(transport, id, { ...options, query: { view: 'status' } });
}

function readSnapshot<Details>(
  transport: Transport,
  id: string,
  {
    query,
    known,
    ...options
  }: CallOptions & { query: Record<string, string | undefined>; known?: Snapshot<Details> | undefined },
): Promise<Snapshot<Details>> {
  return transport.send(
    {
      method: 'GET',
      path: pathOf(id),
      query,
      headers: known ? { 'if-none-match': known.etag } : {},
    },
    options,
    async (response) => {
      if (response.status === 304 && known) return known;
      return {
        details: (await response.json()) as Details,
        etag: response.headers.get('etag') ?? '',
        retryAfterMs: retryAfterMsOf(response),
      };
    },
  );
}

export function pathOf(id: string): string {
  return `/${encodeURIComponent(id)}`;
}
