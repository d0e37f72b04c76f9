/** How far an attempt was at a moment. */
export interface Sample {
  /** Milliseconds of any steady clock. */
  atMs: number;
  attempt: number;
  processed: number;
}

const WINDOW_MS = 5_000;

/** The samples of the last seconds with one more; a new attempt begins anew. */
export function withSample(samples: readonly Sample[], newest: Sample): Sample[] {
  const recent = samples.filter(
    ({ atMs, attempt }) => attempt === newest.attempt && newest.atMs - atMs <= WINDOW_MS,
  );
  return [...recent, newest];
}

/** Mentors a second, with one decimal; null for less than two samples. */
export function rateOf(samples: readonly Sample[]): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (first === undefined || last === undefined || last.atMs <= first.atMs) return null;
  const perSecond = (1_000 * (last.processed - first.processed)) / (last.atMs - first.atMs);
  return Math.round(10 * perSecond) / 10;
}

/** How long the rest takes at this rate; null when nothing moves, or nobody knows. */
export function remainingMs(rate: number | null, pending: number): number | null {
  return rate === null || rate === 0 ? null : Math.ceil((1_000 * pending) / rate);
}
