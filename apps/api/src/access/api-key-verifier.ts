import { type Caller, type Deps, findApiKey, isSecretOf, parseApiKey, type StoredApiKey } from '@bulk/core';
import pLimit from 'p-limit';
import type { Token } from './read-token.ts';

/** How long a process goes on with a key that was revoked or has expired. */
export const REVOKED_AFTER_MS = 5_000;

/** Secrets that are known to be right. Keys in use at once are few; when there are more, the oldest is hashed again. */
const KNOWN_SECRETS = 10_000;

interface Known {
  key: StoredApiKey;
  readAt: number;
}

/**
 * Makes a function that tells whose key a token is; null for none in use. It hashes each key slowly once.
 * With `isFresh` it always asks the database.
 */
export function createApiKeyVerifier({
  db,
}: Pick<Deps, 'db'>): (
  token: Token,
  options?: { isFresh?: boolean },
) => Caller | null | Promise<Caller | null> {
  const known = new Map<string, Known>();
  /** A slow hash takes a thread of four, and files need them too. */
  const oneHashAtATime = pLimit(1);

  const isRight = (digest: string, read: Known, secret: string): boolean | Promise<boolean> => {
    const wasRight = () => {
      const hashBefore = known.get(digest)?.key.hash;
      return hashBefore !== undefined && Buffer.from(hashBefore).equals(read.key.hash);
    };
    // Once more in turn: of requests that come together with a new key, the first hashes for all.
    return (
      wasRight() ||
      oneHashAtATime(async () => {
        if (wasRight()) return true;
        const isSecret = await isSecretOf(read.key, secret);
        if (isSecret) known.set(digest, read);
        return isSecret;
      })
    );
  };

  const lookUp = async ({ text, digest }: Token): Promise<Caller | null> => {
    const parsed = parseApiKey(text);
    if (parsed === null) return null;
    const readAt = performance.now();
    const key = await findApiKey(db, parsed.prefix);
    if (key === null || !(await isRight(digest, { key, readAt }, parsed.secret))) {
      known.delete(digest);
      return null;
    }
    // Anew, so that it is the last one to be forgotten.
    known.delete(digest);
    known.set(digest, { key, readAt });
    const [oldest] = known.keys();
    if (known.size > KNOWN_SECRETS && oldest !== undefined) known.delete(oldest);
    return key;
  };

  return (token, { isFresh = false } = {}) => {
    const before = known.get(token.digest);
    const isKnown = before !== undefined && performance.now() - before.readAt < REVOKED_AFTER_MS;
    return isKnown && !isFresh ? before.key : lookUp(token);
  };
}
