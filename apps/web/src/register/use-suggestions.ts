import { LIMITS } from '@bulk/contract/plain';
import { useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';

const FRESH_MS = 60_000;
const NONE = { coordinators: [], activityTypes: [] };

/** Returns the coordinators and activity types of the latest registrations that the user may see. */
export function useSuggestions(): { coordinators: readonly string[]; activityTypes: readonly string[] } {
  const latest = useQuery({
    queryKey: ['suggestions'],
    queryFn: ({ signal }) => client.list({ limit: LIMITS.pageSize }, { signal, tries: 1 }),
    staleTime: FRESH_MS,
    select: ({ data }) => ({
      coordinators: [...new Set(data.map(({ coordinator_id }) => coordinator_id))],
      activityTypes: [...new Set(data.map(({ activity_type }) => activity_type))],
    }),
  });
  return latest.data ?? NONE;
}
