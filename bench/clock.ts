/** Milliseconds on a clock that all processes of this machine share, and that is never set. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/**
 * Reads the system clock, as PostgreSQL's timestamps do, to the microsecond. `Date.now()` is cut to
 * the millisecond, which is much of what is measured here; `performance.timeOrigin` drifts off.
 */
export function epochMs(): number {
  if (performance.now() - calibratedAt > CALIBRATED_FOR_MS) calibrate();
  return offset + performance.now();
}

const CALIBRATED_FOR_MS = 2_000;
let offset = 0;
let calibratedAt = Number.NEGATIVE_INFINITY;

/** Waits in a busy loop until the next millisecond begins. */
function calibrate(): void {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  calibratedAt = performance.now();
  offset = now - calibratedAt;
}
