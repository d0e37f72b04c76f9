import type { MentorResult } from '@bulk/contract';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { client, isTransient } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** While it runs, results are read again after this time, or after five times what the last read took. */
const REREAD_MS = 2_000;
const REREAD_FACTOR = 5;

/** Reads the result of each mentor: failed mentors first, the others in their order. The first read returns page by page. */
export function useResults({ id, status, retry_count, failure_count, progress }: Registration) {
  const queryClient = useQueryClient();
  const queryKey = ['results', id];
  const query = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      readAll({ id, signal, queryClient, queryKey, withFailedFirst: failure_count > 0 }),
    retry: (_, error) => isTransient(error),
    retryDelay: REREAD_MS,
    staleTime: Number.POSITIVE_INFINITY,
    structuralSharing: false,
  });
  useRereading({
    version: `${retry_count} ${status} ${progress.processed}`,
    isRunning: status === 'processing',
    isReading: query.isFetching,
    reread: query.refetch,
  });
  return { rows: query.data ?? [], isReading: query.isFetching, error: query.error };
}

interface Reading {
  id: string;
  signal: AbortSignal;
  queryClient: QueryClient;
  queryKey: string[];
  withFailedFirst: boolean;
}

async function readAll({
  id,
  signal,
  queryClient,
  queryKey,
  withFailedFirst,
}: Reading): Promise<MentorResult[]> {
  const isFirstTime = queryClient.getQueryData(queryKey) === undefined;
  // By mentor: a mentor whose result changes meanwhile comes twice.
  const rows = new Map<string, MentorResult>();
  for (const status of withFailedFirst ? (['failed', undefined] as const) : [undefined]) {
    for await (const page of client.resultPages(id, { status, signal })) {
      for (const row of page.data) rows.set(row.mentor_id, row);
      if (isFirstTime) queryClient.setQueryData(queryKey, [...rows.values()]);
    }
  }
  return failedFirst([...rows.values()]);
}

function failedFirst(rows: readonly MentorResult[]): MentorResult[] {
  const isFailed = ({ status }: MentorResult) => status === 'failed';
  return [...rows.filter(isFailed), ...rows.filter((row) => !isFailed(row))];
}

interface Rereading {
  /** Changes with every result. */
  version: string;
  isRunning: boolean;
  isReading: boolean;
  reread: () => Promise<unknown>;
}

/** Reads changed results again: at once when the registration has ended, less often while it runs. */
function useRereading({ version, isRunning, isReading, reread }: Rereading): void {
  const last = useRef({ version, beganAt: Date.now(), endedAt: 0 });
  useEffect(() => {
    if (isReading) last.current = { version: last.current.version, beganAt: Date.now(), endedAt: 0 };
    else last.current.endedAt = Date.now();
  }, [isReading]);
  useEffect(() => {
    const { version: seen, beganAt, endedAt } = last.current;
    if (isReading || version === seen) return;
    const restMs = isRunning ? Math.max(REREAD_MS, REREAD_FACTOR * (endedAt - beganAt)) : 0;
    const timer = setTimeout(
      () => {
        last.current.version = version;
        void reread();
      },
      Math.max(0, endedAt + restMs - Date.now()),
    );
    return () => clearTimeout(timer);
  }, [version, isRunning, isReading, reread]);
}
