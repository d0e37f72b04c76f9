import type { Executor } from '../db/client.ts';
import { findAnswer, type KeptAnswer } from '../db/idempotency-keys.ts';
import { isSameRequest, type KeyedRequest } from '../domain/idempotency.ts';
import { AppError } from '../errors.ts';

/** An answer, and whether it was given before to a request of the same key. */
export interface Accepted<T> {
  answer: T;
  replayed: boolean;
}

/**
 * What the key was answered the first time; null when it has expired just now, so that it can be
 * taken after all.
 *
 * @throws AppError `key_reused`
 */
export async function findReplay(
  db: Executor,
  { key, requestHash }: KeyedRequest,
  operation: string,
): Promise<KeptAnswer | null> {
  const kept = await findAnswer(db, key, operation);
  if (kept !== null && !isSameRequest(kept.requestHash, requestHash)) {
    throw new AppError('key_reused', 'This Idempotency-Key came with another request before.', {
      faults: [
        { header: 'idempotency-key', code: 'repeated', detail: 'must not be used for another request' },
      ],
    });
  }
  return kept;
}
