import type { ListDeliveriesResponse, WebhookDelivery } from '@bulk/contract';
import type { ReadDeps } from '../deps.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { registrationNotFound } from '../registrations/refusals.ts';
import { type Delivery, findDeliveries } from './deliveries.ts';
import { formatMessageId } from './message-ids.ts';

const LISTED = 100;

/**
 * Lists the newest events of a registration, and what became of each.
 *
 * @throws AppError `registration_not_found`
 */
export async function listDeliveries(
  { db }: Pick<ReadDeps, 'db'>,
  id: bigint,
): Promise<ListDeliveriesResponse> {
  const deliveries = await findDeliveries(db.prisma, id, { limit: LISTED });
  if (deliveries.length === 0 && (await findSnapshot(db.prisma, id)) === null) throw registrationNotFound(id);
  return { data: deliveries.map(toAnswer) };
}

export function toAnswer(delivery: Delivery): WebhookDelivery {
  const { messageId, type, status, createdAt, attempts, dueAt, finishedAt, lastHttpStatus, lastError } =
    delivery;
  return {
    id: formatMessageId(messageId),
    type,
    status,
    created_at: createdAt.toISOString(),
    attempts,
    next_attempt_at: status === 'pending' ? dueAt.toISOString() : null,
    finished_at: finishedAt?.toISOString() ?? null,
    last_http_status: lastHttpStatus,
    last_error: lastError,
  };
}
