import { createHash } from 'node:crypto';

/** A request that its sender may send again, not knowing whether it arrived. */
export interface KeyedRequest {
  /** The Idempotency-Key header. */
  key: string;
  /** SHA-256 of what was asked for: the same key with another request is a mistake of the client's. */
  requestHash: Uint8Array<ArrayBuffer>;
}

/** The order of the fields makes no difference, that of the mentors does. */
export function keyedRequest(key: string, fields: object): KeyedRequest {
  const sorted = Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return { key, requestHash: new Uint8Array(createHash('sha256').update(JSON.stringify(sorted)).digest()) };
}

export function isSameRequest(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
