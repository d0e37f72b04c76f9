import { createHmac } from 'node:crypto';

/**
 * Makes the headers by which a receiver knows that a message is ours, and new (Standard Webhooks).
 *
 * @param secret whsec_, and the key in base64
 * @param at milliseconds; when it is sent
 */
export function signatureHeaders(
  secret: string,
  { id, at, body }: { id: string; at: number; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
