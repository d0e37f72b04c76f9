import { ServiceUnreachable } from '@bulk/client';
import type { Context } from '../context.ts';

/** When nobody knows whether a request arrived, says how to send it again without doing it twice. */
export async function withKeyTold<T>(
  { io, say }: Context,
  idempotencyKey: string,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ServiceUnreachable || io.signal.aborted) {
      say('It may have been accepted. To be sure, the same again, which does nothing twice, with');
      say(`  --idempotency-key ${idempotencyKey}`);
    }
    throw error;
  }
}
