import type { Database } from '../database/client.ts';
import type { Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findSnapshot, type RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { hasSeen } from './etag.ts';
import { formatRegistrationId } from './ids.ts';
import { changedMeanwhile, registrationNotFound } from './refusals.ts';

export interface CancelOrDeleteOptions {
  /** Never delete. */
  only: 'cancel' | null;
  /** The If-Match header: act only on a state that the client has seen. */
  ifMatch: string | null;
}

/**
 * Cancels a registration that is processing, deletes one that is not. When this returns
 * 'cancelled', no activity is written any more.
 *
 * @throws AppError `registration_not_found`, `not_running` or `changed_meanwhile`
 * @throws transient errors of the database
 */
export async function cancelOrDelete(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  id: bigint,
  { only, ifMatch }: CancelOrDeleteOptions,
): Promise<'cancelled' | 'deleted'> {
  const registration = formatRegistrationId(id);
  // A retry or the last batch may come in between the two; then neither applies, once.
  for (;;) {
    const expected = ifMatch === null ? null : await expectedSnapshot({ db }, id, ifMatch);
    if (await cancelIfProcessing(db, id, expected)) {
      log.info({ registration }, 'cancelled');
      return 'cancelled';
    }
    if (only === null && (await deleteIfFinished(db, id, expected))) {
      log.info({ registration }, 'deleted');
      return 'deleted';
    }
    const snapshot = await findSnapshot(db.prisma, id);
    if (snapshot === null) throw registrationNotFound(id);
    if (only === 'cancel' && snapshot.status !== 'processing') {
      throw new AppError('not_running', `${registration} is ${snapshot.status}; there is nothing to cancel.`);
    }
  }
}

/** One UPDATE is the whole cancel: each batch either passed its fence before it, or fails. */
async function cancelIfProcessing(
  { prisma }: Database,
  id: bigint,
  expected: RegistrationSnapshot | null,
): Promise<boolean> {
  const now = new Date();
  const { count } = await prisma.bulkRegistration.updateMany({
    where: { AND: [{ id, status: 'processing' }, unchanged(expected)] },
    data: {
      status: 'cancelled',
      completedAt: now,
      updatedAt: now,
      transientError: null,
      transientErrorSince: null,
    },
  });
  return count === 1;
}

/** Its batches go with it; its activities stay. */
async function deleteIfFinished(
  { prisma }: Database,
  id: bigint,
  expected: RegistrationSnapshot | null,
): Promise<boolean> {
  const { count } = await prisma.bulkRegistration.deleteMany({
    where: { AND: [{ id, status: { not: 'processing' } }, unchanged(expected)] },
  });
  return count === 1;
}

function unchanged(expected: RegistrationSnapshot | null) {
  if (expected === null) return {};
  const { status, attempt, successCount, failureCount } = expected;
  return { status, attempt, successCount, failureCount };
}

async function expectedSnapshot(
  { db }: Pick<Deps, 'db'>,
  id: bigint,
  ifMatch: string,
): Promise<RegistrationSnapshot> {
  const snapshot = await findSnapshot(db.prisma, id);
  if (snapshot === null) throw registrationNotFound(id);
  if (hasSeen(ifMatch, snapshot)) return snapshot;
  throw changedMeanwhile(id);
}
