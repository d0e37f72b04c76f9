import { AppError, type Caller, type Config, ROLES, type Role } from '@bulk/core';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Only signatures by a private key: whoever verifies must not be able to sign. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const CLOCKS_DIFFER_SECONDS = 30;

/**
 * Makes a function that tells whose token (RFC 7519) a text is; null for one that is not valid. Its claims:
 * `sub`, the name; `role`; and `coordinator_ids`, a list. Without the list an admin sees all registrations, others none.
 */
export function createJwtVerifier(
  jwt: NonNullable<Config['jwt']>,
  getKey: JWTVerifyGetKey = createRemoteJWKSet(new URL(jwt.jwksUrl), { timeoutDuration: 3_000 }),
): (text: string) => Promise<Caller | null> {
  return async (text) => {
    try {
      const { payload } = await jwtVerify(text, getKey, {
        issuer: jwt.issuer,
        audience: jwt.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCKS_DIFFER_SECONDS,
        requiredClaims: ['sub', 'exp'],
      });
      return callerOf(payload);
    } catch (error) {
      if (isTheirFault(error)) return null;
      throw unreadable(error);
    }
  };
}

function callerOf({ sub, role, coordinator_ids: ids }: JWTPayload): Caller | null {
  const known = ROLES.find((each): each is Role => each === role);
  if (known === undefined || !sub) return null;
  if (ids === undefined) return { name: sub, role: known, coordinatorIds: known === 'admin' ? null : [] };
  if (!Array.isArray(ids) || !ids.every((id): id is string => typeof id === 'string')) return null;
  return { name: sub, role: known, coordinatorIds: ids };
}

function unreadable(cause: unknown): AppError {
  return new AppError('unavailable', 'The keys of the identity provider cannot be read for now.', { cause });
}

/** The provider's answers and silences are of other classes. */
function isTheirFault(error: unknown): boolean {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) &&
    error.constructor !== errors.JOSEError
  );
}
