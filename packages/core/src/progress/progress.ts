import type { RegistrationProgress } from '@bulk/contract';

export interface Counts {
  mentorCount: number;
  successCount: number;
  failureCount: number;
  undoneCount: number;
  keptCount: number;
}

/** The number of mentors with a result. */
export function processedOf({
  successCount,
  failureCount,
  undoneCount,
  keptCount,
}: Omit<Counts, 'mentorCount'>): number {
  return successCount + failureCount + undoneCount + keptCount;
}

/** How far a registration is, whatever its status: what a cancel left undone stays pending here. */
export function progressOf({
  startedAt,
  ...counts
}: Counts & { startedAt: Date | null }): RegistrationProgress {
  const processed = processedOf(counts);
  return {
    processed,
    pending: counts.mentorCount - processed,
    percent: percentOf(counts),
    started_at: startedAt?.toISOString() ?? null,
  };
}

/** Rounded down, so that 100 means that nothing is pending. */
export function percentOf({ mentorCount, ...counts }: Counts): number {
  return Math.floor((100 * processedOf(counts)) / mentorCount);
}
