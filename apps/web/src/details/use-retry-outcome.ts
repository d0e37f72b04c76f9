import { useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** A retry that was accepted from this page. */
export interface SentRetry {
  retryCount: number;
  /** null: all failed mentors. */
  mentorIds: readonly string[] | null;
  mentorCount: number;
}

export interface RetryOutcome {
  retried: number;
  registered: number;
  duplicates: number;
  /** Failed with another code. */
  failed: number;
  notDone: number;
}

/** Reads what came of the last retry of this page, once it has ended; null before. */
export function useRetryOutcome(
  { id, status, retry_count, progress, history }: Registration,
  sent: SentRetry | undefined,
): RetryOutcome | null {
  const isUndone = history.at(-1)?.action === 'undone';
  const isOver = sent?.retryCount === retry_count && status !== 'processing' && !isUndone;
  const notDone = progress.pending;
  const outcome = useQuery({
    queryKey: ['retry-outcome', id, retry_count],
    queryFn: () => readOutcome(id, sent as SentRetry, notDone),
    enabled: isOver,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return isOver ? (outcome.data ?? null) : null;
}

async function readOutcome(id: string, sent: SentRetry, notDone: number): Promise<RetryOutcome> {
  const isOfRetry = sent.mentorIds && new Set(sent.mentorIds);
  let duplicates = 0;
  let failed = 0;
  for await (const { mentor_id, error } of client.results(id, { status: 'failed' })) {
    if (isOfRetry && !isOfRetry.has(mentor_id)) continue;
    if (error?.code === 'duplicate') duplicates += 1;
    else failed += 1;
  }
  const registered = sent.mentorCount - duplicates - failed - notDone;
  return { retried: sent.mentorCount, registered, duplicates, failed, notDone };
}
