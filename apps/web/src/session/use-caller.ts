import { useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';
import { useSession } from './session.ts';

/** Returns who uses this page, and the role; undefined: not known. */
export function useCaller() {
  const session = useSession();
  const isKnown = session === 'open' || session === 'signed-in';
  const { data } = useQuery({
    queryKey: ['caller', session],
    queryFn: ({ signal }) => client.caller({ signal, tries: 1 }),
    enabled: isKnown,
    staleTime: Number.POSITIVE_INFINITY,
    // A user who signs out and in again may be another one.
    gcTime: 0,
  });
  return isKnown ? data : undefined;
}
