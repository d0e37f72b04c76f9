import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';

/** A request that its sender may repeat, not knowing whether it arrived. */
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

/** Reads the answer of a key; null if it has none. */
export function findAnswer(db: Executor, key: string, operation: string): Promise<KeptAnswer | null> {
  return db.idempotencyKey.findUnique({
    where: { key_operation: { key, operation } },
    select: { requestHash: true, registrationId: true, attempt: true, answeredAt: true },
  });
}

/** Stores what was answered, in the transaction that claimed the key. */
export async function keepAnswer(
  tx: Executor,
  key: string,
  operation: string,
  answer: { attempt: number; answeredAt: Date },
): Promise<void> {
  await tx.idempotencyKey.update({ where: { key_operation: { key, operation } }, data: answer });
}

/** Deletes expired keys, a bounded number at a time, and returns how many. */
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
