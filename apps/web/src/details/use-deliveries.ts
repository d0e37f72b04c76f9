import type { WebhookDelivery } from '@bulk/contract';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { client } from '../api.ts';
import type { Registration } from './use-registration.ts';

/** How often deliveries are read again while one of them waits. */
const REREAD_MS = 3_000;

/** Reads the webhook deliveries of a registration, and sends them again. They come when its status changes. */
export function useDeliveries({ id, status, history }: Registration) {
  const { data, refetch } = useQuery({
    queryKey: ['deliveries', id, status, history.length],
    queryFn: ({ signal }) => client.deliveries(id, { signal, tries: 1 }),
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.data.some(isPending) ? REREAD_MS : false),
  });
  const redeliver = useMutation({
    mutationFn: (deliveryId: string) => client.redeliver(id, deliveryId),
    onSettled: () => refetch(),
  });
  return { deliveries: data?.data ?? [], redeliver };
}

function isPending({ status }: WebhookDelivery): boolean {
  return status === 'pending';
}
