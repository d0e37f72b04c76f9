import { ANONYMOUS, AppError, type Caller, type Deps } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import { createApiKeyVerifier } from './api-key-verifier.ts';
import { createJwtVerifier } from './jwt-verifier.ts';
import { readToken } from './read-token.ts';

/**
 * Without a promise for a key that is known.
 *
 * @param options.isFresh a key that was revoked a moment ago is refused, too
 */
export type Authenticate = (
  request: FastifyRequest,
  options?: { isFresh?: boolean },
) => Caller | Promise<Caller>;

/**
 * Makes a function that tells who sent a request, by its Authorization header.
 *
 * It throws AppError `unauthorized`, and transient errors of the database and the identity provider.
 */
export function createAuthenticator({ db, config }: Pick<Deps, 'db' | 'config'>): Authenticate {
  if (config.apiAuth !== 'keys') return () => ANONYMOUS;
  const verifyKey = createApiKeyVerifier({ db });
  const verifyJwt = config.jwt === null ? () => null : createJwtVerifier(config.jwt);

  return ({ headers, socket }, options) => {
    const token = readToken(headers.authorization, socket);
    const caller = token.text.startsWith('bulk_') ? verifyKey(token, options) : verifyJwt(token.text);
    return caller instanceof Promise ? caller.then(notNull) : notNull(caller);
  };
}

function notNull(caller: Caller | null): Caller {
  if (caller !== null) return caller;
  throw new AppError('unauthorized', 'This key is not valid: unknown, revoked or expired.');
}
