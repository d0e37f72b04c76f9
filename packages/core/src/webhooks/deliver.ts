import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { type AttemptResult, type ClaimedDelivery, claimDeliveries, recordAttempt } from './deliveries.ts';
import { formatMessageId } from './message-ids.ts';
import { SEND_MS, type SendResult, type WebhookSender } from './sender.ts';

/** What an attempt came to, by what its delivery is now. */
const OUTCOMES = { delivered: 'delivered', pending: 'error', failed: 'given_up' };
/** Requests of one worker to the endpoint at once. */
const AT_ONCE = 10;
/** Longer than any request, so that nobody else sends what a living worker still sends. */
const LEASE_MS = SEND_MS + 5_000;

/**
 * Delivers the events that are due, each about once: a second time only when a worker dies or does not reach the
 * database after it was sent.
 *
 * @returns true: there may be more
 * @throws transient errors of the database; what was claimed is due again when its lease ends
 */
export async function deliverDue(
  deps: Pick<Deps, 'db' | 'log' | 'metrics'>,
  sender: WebhookSender,
): Promise<boolean> {
  const claimed = await claimDeliveries(deps.db.prisma, { limit: AT_ONCE, leaseMs: LEASE_MS });
  const settled = await Promise.allSettled(claimed.map((delivery) => deliver(deps, sender, delivery)));
  for (const each of settled) if (each.status === 'rejected') throw each.reason;
  return claimed.length === AT_ONCE;
}

async function deliver(
  { db, log, metrics }: Pick<Deps, 'db' | 'log' | 'metrics'>,
  sender: WebhookSender,
  delivery: ClaimedDelivery,
): Promise<void> {
  const message = { id: formatMessageId(delivery.messageId), body: bodyOf(delivery) };
  const result = toAttemptResult(await sender.send(message), delivery.attempts);
  const status = await recordAttempt(db.prisma, delivery, result);
  const { httpStatus, error } = result;
  const registration = formatRegistrationId(delivery.registrationId);
  const fields = { registration, delivery: message.id, type: delivery.type, status, httpStatus, error };
  if (status === 'failed') log.error(fields, 'event given up');
  else if (error === null) log.info(fields, 'event delivered');
  else log.warn(fields, 'event not delivered');
  if (status !== null) metrics.webhookAttempts.inc({ outcome: OUTCOMES[status] });
}

function bodyOf({ type, createdAt, registrationId, data }: ClaimedDelivery): string {
  const timestamp = createdAt.toISOString();
  return JSON.stringify({ type, timestamp, data: { id: formatRegistrationId(registrationId), ...data } });
}

function toAttemptResult(result: SendResult, attempts: number): AttemptResult {
  const { kind, httpStatus } = result;
  if (kind === 'delivered') return { status: 'delivered', httpStatus, error: null, retryInMs: 0 };
  const status = kind === 'refused' ? 'failed' : 'pending';
  return { status, httpStatus, error: result.error, retryInMs: backoffMs(attempts) };
}

const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 3_600_000;

/** Milliseconds to the next attempt, with jitter: 5 seconds after the first, twice as long each time, an hour at most. */
export function backoffMs(attempts: number): number {
  const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 20));
  return Math.round(delayMs * (0.75 + Math.random() / 2));
}
