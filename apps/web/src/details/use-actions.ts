import type { StatusSnapshot } from '@bulk/client';
import type { FailureCode } from '@bulk/contract';
import { useMutation } from '@tanstack/react-query';
import { useLocation } from 'wouter';
import { client } from '../api.ts';
import { say } from '../components/toasts.tsx';

interface Retry {
  /** null: all failed mentors. */
  mentorIds: string[] | null;
  /** Only failed mentors with these codes; left out, all of them. */
  errorCodes?: FailureCode[];
  overrideDuplicates: boolean;
}

/** Returns the actions on a registration. Each takes effect once, even if its request is sent several times. */
export function useActions(id: string, refresh: () => Promise<void>) {
  const [, navigate] = useLocation();
  const retry = useMutation({
    mutationFn: ({ mentorIds, errorCodes, overrideDuplicates }: Retry) =>
      client.retryFailed(id, { overrideDuplicates, errorCodes, ...(mentorIds && { mentorIds }) }),
    // Also after a refusal, because the page is out of date then.
    onSettled: refresh,
  });
  const cancel = useMutation({ mutationFn: () => client.cancel(id), onSettled: refresh });
  const undo = useMutation({ mutationFn: () => client.undo(id), onSettled: refresh });
  const remove = useMutation({
    // If the details still say `processing`, the end is not in them yet: the client reads them again.
    mutationFn: (seen: StatusSnapshot | undefined) =>
      client.delete(id, seen?.details.status === 'processing' ? {} : { seen }),
    onSuccess: () => {
      say(`${id} was deleted. The activities it created are kept.`);
      navigate('/');
    },
    onError: refresh,
  });
  return { retry, cancel, undo, remove };
}
