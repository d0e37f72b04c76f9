import { ApiProblem, type RegistrationState, type StatusSnapshot } from '@bulk/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from '../api.ts';

/** How often the details of a finished registration are read again, in case somebody else retries it. */
const RESTING_MS = 15_000;
/** How often they are read again after an error. */
const TROUBLED_MS = 2_000;

/** The details, with the latest state. */
export type Registration = StatusSnapshot['details'] & Live;
type Live = Pick<RegistrationState, 'rate' | 'estimated_end' | 'waiting_ahead'>;

export interface Followed {
  /** undefined: not read yet. */
  registration: Registration | undefined;
  /** The details as they were last read, so that a delete applies to this state only. */
  snapshot: StatusSnapshot | undefined;
  isGone: boolean;
  /** When the connection to the service was lost; null: it is connected. */
  lostAt: number | null;
  error: Error | null;
  /** Reads the details again after an action of the user, and follows the registration if it is processing. */
  refresh: () => Promise<void>;
}

interface News {
  state: RegistrationState | null;
  at: number;
  lostAt: number | null;
  error: Error | null;
}

const NO_NEWS: News = { state: null, at: 0, lostAt: null, error: null };
const NOT_LIVE: Live = { rate: null, estimated_end: null, waiting_ahead: null };

/** Follows a registration: reads its details once, then its states by the event stream or by polling, until it ends. */
export function useRegistration(id: string): Followed {
  const queryClient = useQueryClient();
  const queryKey = ['details', id];
  const [news, setNews] = useState(NO_NEWS);
  const details = useQuery({
    queryKey,
    queryFn: ({ signal }) => {
      const known = queryClient.getQueryData<StatusSnapshot>(queryKey);
      return client.status(id, { known, signal, tries: 1 });
    },
    // The client returns the same object when nothing has changed.
    structuralSharing: false,
    refetchInterval: ({ state: { error } }) => {
      if (isGone(error)) return false;
      return error === null && news.error === null ? RESTING_MS : TROUBLED_MS;
    },
  });
  const isNewsLatest = news.state !== null && news.at >= details.dataUpdatedAt;
  const standing = isNewsLatest ? news.state : details.data?.details;
  const isProcessing = standing?.status === 'processing';

  // Starts with each attempt; the watch ends by itself with the final state.
  const attempt = isProcessing ? standing.retry_count : null;
  useEffect(() => {
    if (attempt === null) return;
    const abort = new AbortController();
    void follow(id, abort.signal, setNews);
    return () => abort.abort();
  }, [id, attempt]);

  // The states of a watch are not the details, which a delete needs to compare.
  const { refetch } = details;
  const hasEnded = isNewsLatest && !isProcessing;
  useEffect(() => {
    if (hasEnded) void refetch();
  }, [hasEnded, refetch]);

  return {
    registration: details.data && { ...details.data.details, ...NOT_LIVE, ...(isNewsLatest && news.state) },
    snapshot: details.data,
    isGone: isGone(details.error) || isGone(news.error),
    // The page shows what was last read.
    lostAt: news.lostAt ?? (details.isError ? details.dataUpdatedAt || details.errorUpdatedAt : null),
    error: details.error ?? news.error,
    refresh: async () => {
      await refetch();
    },
  };
}

async function follow(id: string, signal: AbortSignal, setNews: (change: (before: News) => News) => void) {
  const onInterruption = () => setNews((before) => ({ ...before, lostAt: before.lostAt ?? Date.now() }));
  try {
    const patienceMs = Number.POSITIVE_INFINITY;
    for await (const state of client.watch(id, { signal, patienceMs, onInterruption })) {
      setNews(() => ({ state, at: Date.now(), lostAt: null, error: null }));
    }
  } catch (error) {
    if (!signal.aborted) setNews((before) => ({ ...before, error: error as Error }));
  }
}

function isGone(error: Error | null): boolean {
  return error instanceof ApiProblem && error.status === 404;
}
