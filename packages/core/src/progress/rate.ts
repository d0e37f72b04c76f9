/** How far an attempt was at a moment. */
export interface Sample {
  /** Milliseconds of any steady clock. */
  atMs: number;
  attempt: number;
  processed: number;
}

const WINDOW_MS = 5_000;

/** Less says nothing: batches come in bursts. */
const MIN_SPAN_MS = 1_000;

/**
 * The samples of the last seconds with one more. A new attempt begins anew, and so does one that has fewer results than
 * before: then the database was restored to an earlier state.
 */
export function withSample(samples: readonly Sample[], newest: Sample): Sample[] {
  const recent = samples.filter(
    ({ atMs, attempt, processed }) =>
      attempt === newest.attempt && processed <= newest.processed && newest.atMs - atMs <= WINDOW_MS,
  );
  return [...recent, newest];
}

/** Mentors a second, with one decimal; null for samples of less than a second. */
export function rateOf(samples: readonly Sample[]): number | null {
  const [first] = samples;
  const last = samples.at(-1);
  if (first === undefined || last === undefined) return null;
  const spanMs = last.atMs - first.atMs;
  if (spanMs < MIN_SPAN_MS) return null;
  const perSecond = (1_000 * (last.processed - first.processed)) / spanMs;
  return Math.round(10 * perSecond) / 10;
}

/** How long the rest takes at this rate; null when nothing moves, or nobody knows. */
export function remainingMs(rate: number | null, pending: number): number | null {
  return rate === null || rate === 0 ? null : Math.ceil((1_000 * pending) / rate);
}
