import type { SearchHit } from '@bulk/contract';
import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { client } from '../api.ts';

/** How long the user pauses before what was typed is searched. */
const PAUSE_MS = 150;
const FRESH_MS = 10_000;

/** Reads the hits of a text, the best one first. */
export function searchOf(text: string) {
  return queryOptions({
    queryKey: ['search', text],
    queryFn: async ({ signal }) => (await client.search(text, { signal })).data,
    staleTime: FRESH_MS,
  });
}

/** Searches while the user types. The hits of the last text stay until those of the next one are there. */
export function useSearch(text: string) {
  const sought = usePaused(text);
  return useQuery({ ...searchOf(sought), enabled: sought !== '', placeholderData: keepPreviousData });
}

/** Returns the page of a hit. */
export function pageOfHit({ kind, id }: Pick<SearchHit, 'kind' | 'id'>): string {
  const value = encodeURIComponent(id);
  if (kind === 'registration') return `/registrations/${value}`;
  if (kind === 'activity') return `/activities/${value}`;
  if (kind === 'mentor') return `/mentors?id=${value}`;
  return kind === 'coordinator' ? `/?coordinator_id=${value}` : `/?activity_type=${value}`;
}

function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
