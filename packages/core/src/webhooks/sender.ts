import { Agent, request } from 'undici';
import type { WebhookConfig } from '../config.ts';
import { isPublicAddress, lookupOf, namesPrivateAddress, PrivateAddressError } from './public-address.ts';
import { signatureHeaders } from './sign.ts';

export interface Message {
  /** The same in every attempt. */
  id: string;
  body: string;
}

/** - refused: the endpoint wants it never again */
export type SendResult =
  | { kind: 'delivered'; httpStatus: number }
  | { kind: 'refused'; httpStatus: number; error: string }
  | { kind: 'failed'; httpStatus: number | null; error: string };

export interface WebhookSender {
  /** Sends a message once. Never rejects, and never takes longer than `SEND_MS`. */
  send(message: Message): Promise<SendResult>;
  close(): Promise<void>;
}

/** For the whole of a request: name, connection, answer. */
export const SEND_MS = 10_000;
const CONNECT_MS = 5_000;
/** Of an answer. What comes after it is not read, and the connection is closed. */
const READ_BYTES = 16 * 1024;
const GONE = 410;

/**
 * Makes what sends messages to the endpoint of a webhook. It does not follow redirects, reads little of an answer, and
 * connects to no private address unless that is allowed.
 */
export function createWebhookSender({ url, secret, allowsPrivate }: WebhookConfig): WebhookSender {
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_MS, lookup: lookupOf(allowsPrivate ? () => true : isPublicAddress) },
  });
  const post = async ({ id, body }: Message): Promise<number> => {
    if (!allowsPrivate && namesPrivateAddress(url)) throw new PrivateAddressError();
    const signal = AbortSignal.timeout(SEND_MS);
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'bulk-registrations',
      ...signatureHeaders(secret, { id, at: Date.now(), body }),
    };
    const answer = await request(url, { method: 'POST', headers, body, dispatcher, signal });
    // What it says is in its status; the connection can be used again if the rest is short.
    await answer.body.dump({ limit: READ_BYTES, signal }).catch(() => {});
    return answer.statusCode;
  };

  return {
    send: (message) => post(message).then(resultOf, failureOf),
    close: () => dispatcher.destroy(),
  };
}

function resultOf(httpStatus: number): SendResult {
  const answered = `The endpoint answered ${httpStatus}`;
  if (httpStatus >= 200 && httpStatus < 300) return { kind: 'delivered', httpStatus };
  if (httpStatus === GONE)
    return { kind: 'refused', httpStatus, error: `${answered}: it wants this never again.` };
  if (httpStatus >= 300 && httpStatus < 400)
    return { kind: 'failed', httpStatus, error: `${answered}; redirects are not followed.` };
  return { kind: 'failed', httpStatus, error: `${answered}.` };
}

/** In words of our own: those of an error may name addresses inside the network. */
function failureOf(error: Error & { code?: string }): SendResult {
  return { kind: 'failed', httpStatus: null, error: sentenceOf(error) };
}

function sentenceOf(error: Error & { code?: string }): string {
  if (error instanceof PrivateAddressError)
    return 'The address of the endpoint is inside the private network.';
  if (error.name === 'TimeoutError' || error.code === 'UND_ERR_CONNECT_TIMEOUT')
    return `The endpoint did not answer within ${SEND_MS / 1_000} seconds.`;
  if (error.code === 'ENOTFOUND') return 'The name of the endpoint has no address.';
  if (/CERT|SIGNATURE|ISSUER/.test(error.code ?? '')) return 'The certificate of the endpoint is not valid.';
  return 'The connection to the endpoint failed.';
}
