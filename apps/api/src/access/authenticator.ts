import { ANONYMOUS, AppError, type Caller, type Deps } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import { createApiKeyVerifier } from './api-key-verifier.ts';
import { createJwtVerifier } from './jwt-verifier.ts';

/** Of a header that is longer nothing is read. */
const MAX_LENGTH = 8_192;

/** @param options.isFresh a key that was revoked a moment ago is refused, too */
export type Authenticate = (request: FastifyRequest, options?: { isFresh?: boolean }) => Promise<Caller>;

/**
 * Makes a function that tells who sent a request, by its Authorization header (RFC 6750).
 *
 * It throws AppError `unauthorized`, and transient errors of the database and the identity provider.
 */
export function createAuthenticator({ db, config }: Pick<Deps, 'db' | 'config'>): Authenticate {
  if (config.apiAuth !== 'keys') return async () => ANONYMOUS;
  const verifyKey = createApiKeyVerifier({ db });
  const verifyJwt = config.jwt === null ? async () => null : createJwtVerifier(config.jwt);

  return async ({ headers: { authorization } }, options) => {
    const [, text] = /^Bearer +([\w.~+/-]+=*)$/i.exec(authorization?.slice(0, MAX_LENGTH) ?? '') ?? [];
    if (text === undefined) {
      throw new AppError('unauthorized', 'Send your key in the header Authorization: Bearer <key>.');
    }
    const caller = text.startsWith('bulk_') ? await verifyKey(text, options) : await verifyJwt(text);
    if (caller !== null) return caller;
    throw new AppError('unauthorized', 'This key is not valid: unknown, revoked or expired.');
  };
}
