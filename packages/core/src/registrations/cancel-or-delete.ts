import type { Caller } from '../access/caller.ts';
import { batchesLeftRunning } from '../batches/batches-left-running.ts';
import type { Database } from '../database/client.ts';
import { Prisma } from '../database/generated/client.ts';
import type { CallerDeps, Deps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findSnapshot, type RegistrationSnapshot } from '../progress/registration-snapshot.ts';
import { writeEvents } from '../webhooks/write-events.ts';
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
  deps: Pick<CallerDeps, 'db' | 'config' | 'log' | 'metrics' | 'caller'>,
  id: bigint,
  { only, ifMatch }: CancelOrDeleteOptions,
): Promise<'cancelled' | 'deleted'> {
  const { db, log, metrics, caller } = deps;
  const registration = formatRegistrationId(id);
  // A retry or the last batch may come in between the two; then neither applies, once.
  for (;;) {
    const expected = ifMatch === null ? null : await expectedSnapshot({ db }, id, ifMatch);
    if (await cancelIfProcessing(deps, id, expected)) {
      log.info({ registration, by: caller.name }, 'cancelled');
      metrics.registrationsEnded.inc({ outcome: 'cancelled' });
      return 'cancelled';
    }
    if (only === null && (await deleteIfFinished(db, id, caller, expected))) {
      log.info({ registration, by: caller.name }, 'deleted');
      return 'deleted';
    }
    const snapshot = await findSnapshot(db.prisma, id);
    if (snapshot === null) throw registrationNotFound(id);
    if (only === 'cancel' && snapshot.status !== 'processing') {
      throw new AppError('not_running', `${registration} is ${snapshot.status}; there is nothing to cancel.`);
    }
  }
}

/**
 * One UPDATE is the whole cancel: each batch either passed its fence before it, or fails. Mentors whom an undo has
 * not reached are successes again.
 */
async function cancelIfProcessing(
  { db: { prisma }, config, caller }: Pick<CallerDeps, 'db' | 'config' | 'caller'>,
  id: bigint,
  expected: RegistrationSnapshot | null,
): Promise<boolean> {
  const count = await prisma.$executeRaw`
    with cancelled as (
      update bulk_registrations
      set
        status = 'cancelled',
        success_count = success_count + undo_pending,
        undo_pending = 0,
        completed_at = clock_timestamp(),
        updated_at = clock_timestamp(),
        transient_error = null,
        transient_error_since = null
      where id = ${id}::bigint
        and status = 'processing'
        ${andUnchanged(expected)}
      returning
        id, status, attempt, mentor_count, success_count, failure_count, undone_count, kept_count, undo_count
    )
    ${config.webhook === null ? Prisma.empty : EVENT}
    insert into registration_history (registration_id, action, actor)
    select id, 'cancelled', ${caller.name} from cancelled`;
  return count === 1;
}

const EVENT = Prisma.sql`, event as (${writeEvents(Prisma.sql`cancelled`)})`;

/** Its batches go with it; its activities stay. */
async function deleteIfFinished(
  { prisma }: Database,
  id: bigint,
  caller: Caller,
  expected: RegistrationSnapshot | null,
): Promise<boolean> {
  const count = await prisma.$executeRaw`
    with locked as materialized (${batchesLeftRunning(id)}),
    deleted as (
      delete from bulk_registrations
      where (select count(*) from locked) >= 0
        and id = ${id}::bigint
        and status <> 'processing'
        -- As when the batches were locked, or not locked; else it is tried again.
        and (status = 'cancelled', attempt) = (
          select status = 'cancelled', attempt
          from bulk_registrations
          where id = ${id}::bigint
        )
        ${andUnchanged(expected)}
      returning id
    )
    insert into registration_history (registration_id, action, actor)
    select id, 'deleted', ${caller.name} from deleted`;
  return count === 1;
}

function andUnchanged(expected: RegistrationSnapshot | null): Prisma.Sql {
  if (expected === null) return Prisma.empty;
  return Prisma.sql`
    and status = ${expected.status}::registration_status
    and attempt = ${expected.attempt}::integer
    and success_count = ${expected.successCount}::integer
    and failure_count = ${expected.failureCount}::integer
    and undone_count = ${expected.undoneCount}::integer
    and kept_count = ${expected.keptCount}::integer`;
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
