import { BASE_PATH } from '@bulk/contract/plain';
import { type ApiKey, authorizationOf } from './api-key.ts';
import { ApiProblem, problemFrom, ServiceUnreachable } from './errors.ts';
import { withRetries } from './retrying.ts';

export interface ClientOptions {
  /** Where the service is, such as `https://bulk.example.org`; in a browser `''` is the page's own origin. */
  baseUrl: string;
  /** Sent with every request as `Authorization: Bearer …`: a key of the service, or a token of an identity provider. */
  apiKey?: ApiKey | undefined;
  /** Go along with every request; a function is asked each time. */
  headers?: Record<string, string> | (() => Record<string, string>) | undefined;
  /** How long an answer may take, with its body: 60,000 ms unless said otherwise. */
  timeoutMs?: number | undefined;
  /** How often a request is sent when there is no answer or a 503: 5 unless said otherwise. */
  tries?: number | undefined;
  /** Hears of every request that is about to be repeated. */
  onRetry?: ((repetition: Repetition) => void) | undefined;
  fetch?: typeof fetch | undefined;
}

export interface Repetition {
  error: Error;
  delayMs: number;
}

/** For a single call, over what the client was made with. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  timeoutMs?: number | undefined;
  tries?: number | undefined;
}

export type Query = Record<string, string | number | boolean | undefined>;

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Where the path begins: at the registrations if left out. */
  root?: string;
  /** Below the root, with its slash: `/bulk-001`. */
  path?: string;
  query?: Query;
  headers?: Record<string, string>;
  body?: object;
}

export interface Transport {
  /** Where a call goes, with its query. */
  urlOf(call: Pick<Call, 'root' | 'path' | 'query'>): string;
  /**
   * Sends the call, again where that may help, and reads its answer. The time limit ends with `read`; the
   * signal goes on ending whatever body is left.
   *
   * @throws ApiProblem, ServiceUnreachable, or the signal's reason
   */
  send<T>(call: Call, options: CallOptions, read: (response: Response) => Promise<T>): Promise<T>;
}

export function createTransport(client: ClientOptions): Transport {
  const baseUrl = client.baseUrl.replace(/\/+$/, '');
  const urlOf = ({ root = BASE_PATH, path = '', query = {} }: Pick<Call, 'root' | 'path' | 'query'>) =>
    `${baseUrl}${root}${path}${searchOf(query)}`;

  return {
    urlOf,
    send(call, options, read) {
      const { signal } = options;
      const timeoutMs = options.timeoutMs ?? client.timeoutMs ?? 60_000;
      const attempt = (earlierTries: number) =>
        withinTime({ timeoutMs, signal }, async (limited) => {
          const init = { ...initOf(call, client), signal: limited };
          const response = await (client.fetch ?? fetch)(urlOf(call), init);
          if (!response.ok && response.status !== 304) throw await problemFrom(response, earlierTries);
          return read(response);
        });
      return withRetries(attempt, {
        tries: options.tries ?? client.tries ?? 5,
        signal,
        onRetry: (error, delayMs) => client.onRetry?.({ error, delayMs }),
      });
    },
  };
}

/** @throws ServiceUnreachable for whatever kept an answer from arriving whole and in time */
async function withinTime<T>(
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    return await work(signal ? AbortSignal.any([timeout.signal, signal]) : timeout.signal);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ApiProblem) throw error;
    const reason = timeout.signal.aborted ? `no answer within ${timeoutMs} ms` : reasonOf(error);
    throw new ServiceUnreachable(`The service could not be reached: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

/** Node's fetch says "fetch failed" and keeps the reason one or two levels down. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof AggregateError) return reasonOf(error.cause.errors[0]);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}

function initOf({ method, headers, body }: Call, client: ClientOptions): RequestInit {
  const own = typeof client.headers === 'function' ? client.headers() : client.headers;
  return {
    method,
    headers: {
      ...authorizationOf(client.apiKey),
      ...own,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  };
}

function searchOf(query: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) search.set(name, String(value));
  }
  return search.size > 0 ? `?${search}` : '';
}
