import { useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** Counts the failed mentors by error code, once the registration has ended; empty before. */
export function useFailures({ id, status, failure_count, retry_count }: Registration) {
  const hasFailures = status !== 'processing' && failure_count > 0;
  const { data } = useQuery({
    queryKey: ['failures', id, status, retry_count, failure_count],
    queryFn: ({ signal }) => client.failures(id, { signal }),
    enabled: hasFailures,
  });
  return hasFailures ? (data?.failures ?? []) : [];
}
