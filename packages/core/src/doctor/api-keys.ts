import { listApiKeys } from '../access/api-keys.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

/** Keys that end soon, and an API that nobody has a key for. */
export async function apiKeys({ db, config, now }: Context): Promise<Finding[]> {
  if (config.apiAuth !== 'keys') return [];
  const at = now();
  const usable = (await listApiKeys(db)).filter(
    ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || expiresAt.getTime() > at),
  );
  if (usable.length === 0 && config.jwt === null) {
    return [
      {
        severity: 'error',
        what: 'API_AUTH=keys, and there is no key that can be used: nobody is let in.',
        do: 'Make one: npm run keys -- create NAME --role coordinator',
      },
    ];
  }
  return usable.flatMap(({ name, expiresAt }): Finding[] => {
    if (expiresAt === null || expiresAt.getTime() - at > SOON_MS) return [];
    const days = Math.floor((expiresAt.getTime() - at) / DAY_MS);
    return [
      {
        severity: 'warning',
        what: `The key ${name} ends ${days === 0 ? 'within a day' : `in ${days} days`}, on ${expiresAt.toISOString()}.`,
        do: 'Make its owner a new key of another name, then revoke this one: npm run keys -- revoke NAME',
      },
    ];
  });
}
