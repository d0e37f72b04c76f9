import { cancelIfProcessing, deleteIfFinished, findProgress } from '../db/registrations.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { hasSeen, type Version } from '../domain/version.ts';
import { AppError } from '../errors.ts';
import { registrationNotFound } from './not-found.ts';

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
 */
export async function cancelOrDelete(
  { db, log }: Pick<Deps, 'db' | 'log'>,
  id: bigint,
  { only, ifMatch }: CancelOrDeleteOptions,
): Promise<'cancelled' | 'deleted'> {
  const registration = formatRegistrationId(id);
  // A retry or the last batch may come in between the two; then neither applies, once.
  for (;;) {
    const expected = ifMatch === null ? null : await expectedVersion({ db }, id, ifMatch);
    if (await cancelIfProcessing(db.prisma, id, expected)) {
      log.info({ registration }, 'cancelled');
      return 'cancelled';
    }
    if (only === null && (await deleteIfFinished(db.prisma, id, expected))) {
      log.info({ registration }, 'deleted');
      return 'deleted';
    }
    const version = await findProgress(db.prisma, id);
    if (version === null) throw registrationNotFound(id);
    if (only === 'cancel' && version.status !== 'processing') {
      throw new AppError('not_running', `${registration} is ${version.status}; there is nothing to cancel.`);
    }
  }
}

async function expectedVersion({ db }: Pick<Deps, 'db'>, id: bigint, ifMatch: string): Promise<Version> {
  const version = await findProgress(db.prisma, id);
  if (version === null) throw registrationNotFound(id);
  if (hasSeen(ifMatch, version)) return version;
  throw new AppError(
    'changed_meanwhile',
    `${formatRegistrationId(id)} is not as it was when you last read it.`,
  );
}
