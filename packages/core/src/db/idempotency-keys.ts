import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';

/** A request that its sender may send again, not knowing whether it arrived. */
export interface KeyedRequest {
  /** The Idempotency-Key header. */
  key: string;
  /** SHA-256 of what was asked for: the same key with another request is a mistake of the client's. */
  requestHash: Uint8Array<ArrayBuffer>;
}

/** How long a key is remembered; long enough for any client to have given up. */
const KEPT = Prisma.sql`interval '24 hours'`;

/** The answer that a key has had. */
export interface KeptAnswer {
  requestHash: Uint8Array;
  registrationId: bigint;
  attempt: number;
  answeredAt: Date;
}

/**
 * Takes the key, if nobody has it or it has expired: the statement returns one row or none. Whoever
 * asks while another transaction is taking it waits for the end of that one.
 *
 * The answer of a key that is taken must be read by a statement of its own: this one's snapshot may
 * be older than the answer.
 */
export function claimKey(
  { key, requestHash }: KeyedRequest,
  operation: string,
  { registrationId, attempt }: { registrationId: Prisma.Sql; attempt: number },
): Prisma.Sql {
  return Prisma.sql`
    insert into idempotency_keys as kept (key, operation, request_hash, registration_id, attempt, answered_at)
    values (${key}, ${operation}, ${requestHash}, ${registrationId}, ${attempt}::integer, now())
    on conflict (key, operation) do update
    set
      request_hash = excluded.request_hash,
      registration_id = excluded.registration_id,
      attempt = excluded.attempt,
      answered_at = excluded.answered_at,
      created_at = excluded.created_at
    where kept.created_at < now() - ${KEPT}
    returning registration_id`;
}

/** `claimKey` as a statement of its own; the answer is written down later, by `keepAnswer`. */
export async function claimRetryKey(
  tx: Executor,
  keyed: KeyedRequest,
  operation: string,
  registrationId: bigint,
): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`${claimKey(keyed, operation, {
    registrationId: Prisma.sql`${registrationId}::bigint`,
    attempt: 0,
  })}`;
  return rows.length === 1;
}

export async function findAnswer(db: Executor, key: string, operation: string): Promise<KeptAnswer | null> {
  const rows = await db.$queryRaw<KeptAnswer[]>`
    select
      request_hash as "requestHash",
      registration_id as "registrationId",
      attempt,
      answered_at as "answeredAt"
    from idempotency_keys
    where key = ${key}
      and operation = ${operation}`;
  return rows[0] ?? null;
}

/** Writes down what was answered, in the transaction that took the key. */
export async function keepAnswer(
  tx: Executor,
  key: string,
  operation: string,
  { attempt, answeredAt }: { attempt: number; answeredAt: Date },
): Promise<void> {
  await tx.$executeRaw`
    update idempotency_keys
    set attempt = ${attempt}::integer, answered_at = ${answeredAt}
    where key = ${key}
      and operation = ${operation}`;
}

/** Drops expired keys, a bounded number at a time. */
export async function dropExpiredKeys(db: Executor, { limit }: { limit: number }): Promise<number> {
  return db.$executeRaw`
    delete from idempotency_keys
    where (key, operation) in (
      select key, operation
      from idempotency_keys
      where created_at < now() - ${KEPT}
      order by created_at
      limit ${limit}::integer
      for update skip locked
    )`;
}
