import { ApiProblem, ServiceUnreachable } from './errors.ts';
import { pause } from './pause.ts';

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 8_000;
/** Who is asked to stay away longer than this had better hear of it. */
const LONGEST_RETRY_AFTER_MS = 60_000;

/** Too much to do, or nobody home behind the gateway: the same request may succeed in a moment. */
const TRANSIENT_STATUSES = [429, 502, 503, 504];

export interface RetryOptions {
  /** The first one counts. */
  tries: number;
  signal?: AbortSignal | undefined;
  onRetry?: ((error: Error, delayMs: number) => void) | undefined;
}

/**
 * Runs `attempt` until it gets an answer. Only for requests that may be sent twice.
 *
 * @param attempt is told how often it was run before
 * @throws what it threw last, or at once what no repetition mends
 */
export async function withRetries<T>(
  attempt: (earlierTries: number) => Promise<T>,
  { tries, signal, onRetry }: RetryOptions,
): Promise<T> {
  for (let earlier = 0; ; earlier += 1) {
    try {
      return await attempt(earlier);
    } catch (error) {
      if (earlier + 1 >= tries || !isTransient(error)) throw error;
      const delayMs = retryDelayMs(error, earlier);
      if (delayMs > LONGEST_RETRY_AFTER_MS) throw error;
      onRetry?.(error, delayMs);
      await pause(delayMs, signal);
    }
  }
}

export function isTransient(error: unknown): error is ApiProblem | ServiceUnreachable {
  if (error instanceof ApiProblem) return TRANSIENT_STATUSES.includes(error.status);
  return error instanceof ServiceUnreachable;
}

/** As the service asks; else doubling, with a random half, so that many clients do not come back as one. */
export function retryDelayMs(error: Error, earlierFailures: number): number {
  const backoffMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** earlierFailures);
  const spreadMs = backoffMs * (0.5 + Math.random() / 2);
  const askedMs = error instanceof ApiProblem ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(spreadMs, askedMs);
}
