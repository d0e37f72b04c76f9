import { createHash } from 'node:crypto';
import type { Executor } from '../database/executor.ts';
import { AppError } from '../errors.ts';
import { findAnswer, type KeptAnswer, type KeyedRequest } from './idempotency-keys.ts';

/** An answer, and whether it was given before to a request of the same key. */
export interface Accepted<T> {
  answer: T;
  replayed: boolean;
}

/** The order of the fields makes no difference, that of the mentors does. */
export function keyedRequest(key: string, fields: object): KeyedRequest {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key, requestHash: new Uint8Array(createHash('sha256').update(JSON.stringify(sorted)).digest()) };
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
  if (kept !== null && Buffer.compare(kept.requestHash, requestHash) !== 0) {
    throw new AppError('key_reused', 'This Idempotency-Key came with another request before.', {
      fieldErrors: [
        { header: 'idempotency-key', code: 'repeated', detail: 'must not be used for another request' },
      ],
    });
  }
  return kept;
}
