import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Database } from '../database/client.ts';
import type { Caller, Role } from './caller.ts';

type Db = Pick<Database, 'prisma'>;

/** bulk_<prefix>_<secret>: 8 hexadecimal digits, and 256 random bits in base64url (43 characters). */
const API_KEY = /^bulk_([0-9a-f]{8})_([\w-]{43})$/;

export interface NewApiKey {
  name: string;
  role: Role;
  /** null: all. */
  coordinatorIds: readonly string[] | null;
  expiresAt: Date | null;
}

export interface ApiKeyInfo extends NewApiKey {
  prefix: string;
  createdAt: Date;
  revokedAt: Date | null;
}

/**
 * Creates a key. Its text is known to the one who creates it, and to nobody later.
 *
 * @throws an Error in plain words when the name is taken
 */
export async function createApiKey({ prisma }: Db, key: NewApiKey): Promise<string> {
  const prefix = randomBytes(4).toString('hex');
  const secret = randomBytes(32).toString('base64url');
  const salt = randomBytes(16);
  const hash = await hashSecret(secret, salt);
  const { count } = await prisma.apiKey.createMany({
    data: {
      prefix,
      hash: Uint8Array.from(hash),
      salt: Uint8Array.from(salt),
      name: key.name,
      role: key.role,
      expiresAt: key.expiresAt,
      ...(key.coordinatorIds && { coordinatorIds: [...key.coordinatorIds] }),
    },
    skipDuplicates: true,
  });
  if (count === 0) throw new Error(`There is a key named ${key.name} already; revoke it first.`);
  return `bulk_${prefix}_${secret}`;
}

/** Lists all keys, the oldest first. */
export async function listApiKeys({ prisma }: Db): Promise<ApiKeyInfo[]> {
  const rows = await prisma.$queryRaw<ApiKeyInfo[]>`
    select
      prefix, name, role::text as role, coordinator_ids as "coordinatorIds",
      created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt"
    from api_keys
    order by created_at, prefix`;
  return rows;
}

/** @throws an Error in plain words when no key in use has the name */
export async function revokeApiKey({ prisma }: Db, name: string): Promise<void> {
  const { count } = await prisma.apiKey.updateMany({
    where: { name, revokedAt: null },
    data: { revokedAt: new Date() },
  });
  if (count === 0) throw new Error(`No key in use is named ${name}.`);
}

export interface StoredApiKey extends Caller {
  hash: Uint8Array;
  salt: Uint8Array;
}

/** Splits the text of a key; null if it is none of ours. */
export function parseApiKey(text: string): { prefix: string; secret: string } | null {
  const [, prefix, secret] = API_KEY.exec(text) ?? [];
  return prefix === undefined || secret === undefined ? null : { prefix, secret };
}

/** Finds a key that is neither revoked nor expired, by the clock of the database. */
export async function findApiKey({ prisma }: Db, prefix: string): Promise<StoredApiKey | null> {
  const rows = await prisma.$queryRaw<StoredApiKey[]>`
    select name, role::text as role, coordinator_ids as "coordinatorIds", hash, salt
    from api_keys
    where prefix = ${prefix}
      and revoked_at is null
      and (expires_at is null or expires_at > now())`;
  return rows[0] ?? null;
}

/** Whether it is the secret of the key. Takes about 40 ms of a CPU. */
export async function isSecretOf({ hash, salt }: StoredApiKey, secret: string): Promise<boolean> {
  return timingSafeEqual(await hashSecret(secret, salt), hash);
}

const HASH_BYTES = 32;

function hashSecret(secret: string, salt: Uint8Array): Promise<Buffer> {
  return promisify<string, Uint8Array, number, Buffer>(scrypt)(secret, salt, HASH_BYTES);
}
