import type { RegistrationProgress } from '@bulk/contract';

export interface Counts {
  mentorCount: number;
  successCount: number;
  failureCount: number;
}

/** How far a registration is, whatever its status: what a cancel left undone stays pending here. */
export function progressOf({
  startedAt,
  ...counts
}: Counts & { startedAt: Date | null }): RegistrationProgress {
  const processed = counts.successCount + counts.failureCount;
  return {
    processed,
    pending: counts.mentorCount - processed,
    percent: percentOf(counts),
    started_at: startedAt?.toISOString() ?? null,
  };
}

/** Rounded down, so that 100 means that nothing is pending. */
export function percentOf({ mentorCount, successCount, failureCount }: Counts): number {
  return Math.floor((100 * (successCount + failureCount)) / mentorCount);
}
