import { useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** Reads what each attempt did; again when an attempt begins or ends. undefined: not read yet. */
export function useAttempts({ id, status, history }: Registration) {
  const { data } = useQuery({
    queryKey: ['attempts', id, status, history.length],
    queryFn: ({ signal }) => client.attempts(id, { signal }),
    placeholderData: (before) => before,
  });
  return data?.attempts;
}
