import type { Database } from '../database/client.ts';
import type { Executor } from '../database/executor.ts';
import { AppError } from '../errors.ts';

/**
 * Throws AppError `too_many_requests` when the caller may not register so much.
 *
 * @param tx the transaction that stores the registration afterwards
 */
export type Admit = (tx: Executor) => Promise<void>;

/** Waiting for other requests of the same caller is a part of it. */
const TRANSACTION = { maxWait: 5_000, timeout: 30_000 };

/** Rolls the transaction back. */
class KeyTaken extends Error {}

/**
 * Stores a registration if its caller may register so much, in one transaction: what is not stored is not counted.
 *
 * @param store null: the key of the request is taken
 * @returns what `store` returns, or why the caller may not
 * @throws transient errors of the database
 */
export async function storeIfAdmitted<T>(
  { prisma }: Pick<Database, 'prisma'>,
  admit: Admit,
  store: (tx: Executor) => Promise<T | null>,
): Promise<T | AppError | null> {
  const admitAndStore = async (tx: Executor) => {
    await admit(tx);
    const stored = await store(tx);
    if (stored === null) throw new KeyTaken();
    return stored;
  };
  try {
    return await prisma.$transaction(admitAndStore, TRANSACTION);
  } catch (error) {
    if (error instanceof KeyTaken) return null;
    if (error instanceof AppError) return error;
    throw error;
  }
}
