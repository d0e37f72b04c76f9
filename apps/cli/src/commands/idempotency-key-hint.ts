import { ServiceUnreachable } from '@bulk/client';
import type { Context } from '../context.ts';

/** Sends a request. If it may or may not have arrived, prints how to send it again without a second effect. */
export async function withIdempotencyKeyHint<T>(
  { io, say }: Context,
  idempotencyKey: string,
  send: () => Promise<T>,
): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof ServiceUnreachable || io.signal.aborted) {
      say(
        'The service may have accepted the request. To be sure, repeat the command with this key. Nothing is done twice.',
      );
      say(`  --idempotency-key ${idempotencyKey}`);
    }
    throw error;
  }
}
