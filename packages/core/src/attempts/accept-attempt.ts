import { batchesLeftRunning } from '../batches/batches-left-running.ts';
import type { Executor } from '../database/executor.ts';
import type { CallerDeps } from '../deps.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { hasSeen } from '../registrations/etag.ts';
import {
  claimRetryKey,
  type KeptAnswer,
  type KeyedRequest,
  keepAnswer,
} from '../registrations/idempotency-keys.ts';
import { changedMeanwhile, registrationNotFound } from '../registrations/refusals.ts';
import { findReplay } from '../registrations/replay.ts';

export interface AttemptOptions {
  /** With the same key and request, now or later, the same answer, and nothing new. */
  idempotencyKey?: string | null;
  /** The If-Match header: start only from a state that the client has seen. */
  ifMatch?: string | null;
}

export interface StartedAttempt {
  attempt: number;
  generation: number;
  /** Of the registration. */
  mentorCount: number;
  updatedAt: Date;
}

interface AttemptRequest {
  /** What the idempotency key is for: `PUT bulk-001`. */
  operation: string;
  keyed: KeyedRequest | null;
  ifMatch: string | null;
  /** @param cancelledAttempt whose batches are locked; null: the registration was not cancelled */
  start: (tx: Executor, cancelledAttempt: number | null) => Promise<StartedAttempt>;
}

/** Rolls the transaction back, so that it begins anew without locks. */
class ChangedSince extends Error {}

/**
 * Starts an attempt in one transaction, with its idempotency key, and enqueues its first job after that.
 *
 * @throws AppError `registration_not_found`, `changed_meanwhile`, `key_reused`, and those of `start`
 * @throws transient errors of the database
 */
export async function acceptAttempt(
  { db, queue }: CallerDeps,
  id: bigint,
  { operation, keyed, ifMatch, start }: AttemptRequest,
): Promise<{ attempt: number; answeredAt: Date; replayed: boolean }> {
  const accept = async (tx: Executor) => {
    const kept = keyed && (await takeKey(tx, id, keyed, operation));
    if (kept) return kept;
    const [cancelled] = await tx.$queryRaw<Array<{ attempt: number }>>`${batchesLeftRunning(id)}`;
    if (ifMatch !== null) await refuseUnlessSeen(tx, id, ifMatch);
    const started = await start(tx, cancelled?.attempt ?? null);
    const { attempt, updatedAt: answeredAt } = started;
    if (keyed) await keepAnswer(tx, keyed.key, operation, { attempt, answeredAt });
    return { ...started, answeredAt };
  };
  const accepted = await untilUnchanged(() => db.prisma.$transaction(accept, TRANSACTION));

  const { attempt, answeredAt } = accepted;
  if (!('generation' in accepted)) return { attempt, answeredAt, replayed: true };
  const { generation, mentorCount } = accepted;
  queue.enqueueInBackground({ registrationId: id.toString(), attempt, generation, mentorCount }, 'first');
  return { attempt, answeredAt, replayed: false };
}

/** An attempt of a large registration reads all of its results. */
const TRANSACTION = { maxWait: 5_000, timeout: 30_000 };

async function untilUnchanged<T>(accept: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await accept();
    } catch (error) {
      if (!(error instanceof ChangedSince)) throw error;
    }
  }
}

/** null: the key is ours now. */
async function takeKey(
  tx: Executor,
  id: bigint,
  keyed: KeyedRequest,
  operation: string,
): Promise<KeptAnswer | null> {
  for (;;) {
    if (await claimRetryKey(tx, keyed, operation, id)) return null;
    const kept = await findReplay(tx, keyed, operation);
    if (kept) return kept;
  }
}

/** Locks the row, so that it is the state that the attempt starts from. */
async function refuseUnlessSeen(tx: Executor, id: bigint, ifMatch: string): Promise<void> {
  await tx.$queryRaw`select from bulk_registrations where id = ${id}::bigint for no key update`;
  const snapshot = await findSnapshot(tx, id);
  if (snapshot === null) throw registrationNotFound(id);
  if (!hasSeen(ifMatch, snapshot)) throw changedMeanwhile(id);
}

/**
 * Begins the attempt, or says why not. What was in the way may come to its end right after it was; then the whole
 * transaction begins anew, because a row that it has locked by now must be locked after the batches.
 *
 * @param begin null: something is in the way
 * @param whyNot null: nothing is in the way any more
 */
export async function beginOrRefuse<T>(
  begin: () => Promise<T | null>,
  whyNot: () => Promise<Error | null>,
): Promise<T> {
  const begun = await begin();
  if (begun !== null) return begun;
  throw (await whyNot()) ?? new ChangedSince();
}
