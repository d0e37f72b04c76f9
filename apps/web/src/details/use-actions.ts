import type { StatusSnapshot } from '@bulk/client';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client } from '../api.ts';

interface Retry {
  /** null: all that failed. */
  mentorIds: string[] | null;
  overrideDuplicates: boolean;
}

/** What can be done with a registration; each is carried out once, however often it is sent. */
export function useActions(id: string, refresh: () => Promise<void>) {
  const [, navigate] = useLocation();
  const retry = useMutation({
    mutationFn: ({ mentorIds, overrideDuplicates }: Retry) =>
      client.retryFailed(id, { overrideDuplicates, ...(mentorIds && { mentorIds }) }),
    // Also after a refusal: what was seen is out of date then.
    onSettled: refresh,
  });
  const cancel = useMutation({ mutationFn: () => client.cancel(id), onSettled: refresh });
  const remove = useMutation({
    // Details that still say `processing` are older than the news that it has ended: read them again.
    mutationFn: (seen: StatusSnapshot | undefined) =>
      client.delete(id, seen?.details.status === 'processing' ? {} : { seen }),
    onSuccess: () => navigate('/', { state: { deleted: id } }),
    onError: refresh,
  });
  return { retry, cancel, remove };
}
