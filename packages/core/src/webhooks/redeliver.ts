import type { WebhookDelivery } from '@bulk/contract';
import type { CallerDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { makeDueAgain } from './deliveries.ts';
import { toAnswer } from './list-deliveries.ts';
import { parseMessageId } from './message-ids.ts';

/**
 * Sends an event again, whatever became of it, under the same id.
 *
 * @throws AppError `no_webhook` or `delivery_not_found`
 */
export async function redeliver(
  { db, config, log, caller }: CallerDeps,
  id: bigint,
  messageId: string,
): Promise<WebhookDelivery> {
  if (config.webhook === null)
    throw new AppError('no_webhook', 'WEBHOOK_URL is not set, so nothing is sent.');
  const uuid = parseMessageId(messageId);
  const delivery = uuid === null ? null : await makeDueAgain(db.prisma, id, uuid);
  const registration = formatRegistrationId(id);
  if (delivery === null) throw new AppError('delivery_not_found', `${registration} has no such delivery.`);
  log.info({ registration, delivery: messageId, by: caller.name }, 'delivery asked for again');
  return toAnswer(delivery);
}
