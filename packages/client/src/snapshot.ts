import type { RegistrationDetails, ResultsMode } from '@bulk/contract';
import { retryAfterMsOf } from './errors.ts';
import type { CallOptions, Transport } from './transport.ts';

/** The details as they were read once, with what it takes to ask whether they changed. */
export interface Snapshot {
  details: RegistrationDetails;
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

/** @throws ApiProblem `registration_not_found` */
export function readSnapshot(
  transport: Transport,
  id: string,
  { results, known, ...options }: GetOptions = {},
): Promise<Snapshot> {
  return transport.send(
    {
      method: 'GET',
      path: pathOf(id),
      query: { results },
      headers: known ? { 'if-none-match': known.etag } : {},
    },
    options,
    async (response) => {
      if (response.status === 304 && known) return known;
      return {
        details: (await response.json()) as RegistrationDetails,
        etag: response.headers.get('etag') ?? '',
        retryAfterMs: retryAfterMsOf(response),
      };
    },
  );
}

export function pathOf(id: string): string {
  return `/${encodeURIComponent(id)}`;
}
