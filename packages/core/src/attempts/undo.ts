import type { UndoRegistrationResponse } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import type { CallerDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { registrationNotFound } from '../registrations/refusals.ts';
import { type Accepted, keyedRequest } from '../registrations/replay.ts';
import { type AttemptOptions, acceptAttempt, beginOrRefuse } from './accept-attempt.ts';
import { mergeResults } from './merge-results.ts';
import { beginUndoIfSucceeded, startUndo } from './start-undo.ts';

/**
 * Starts an attempt that deletes the activities that the registration wrote, and nothing else. An activity that was
 * changed since is kept.
 *
 * @throws AppError `registration_not_found`, a conflict that names why not, `changed_meanwhile` or `key_reused`
 * @throws transient errors of the database
 */
export async function undoRegistration(
  deps: CallerDeps,
  id: bigint,
  { idempotencyKey = null, ifMatch = null }: AttemptOptions = {},
): Promise<Accepted<UndoRegistrationResponse>> {
  const { caller, config, log } = deps;
  const {
    answeredAt,
    attempt: accepted,
    replayed,
  } = await acceptAttempt(deps, id, {
    operation: `POST ${formatRegistrationId(id)}/undo`,
    keyed: idempotencyKey === null ? null : keyedRequest(idempotencyKey, {}),
    ifMatch,
    async start(tx, cancelledAttempt) {
      const { attempt, before } = await beginOrRefuse(
        () => beginUndoIfSucceeded(tx, id, cancelledAttempt),
        () => whyNot(tx, id),
      );
      await mergeResults(tx, { registrationId: id, attempt: attempt - 1 });
      const { batchSize } = config;
      return startUndo(tx, { registrationId: id, batchSize, actor: caller.name, before });
    },
  });
  const registration = formatRegistrationId(id);
  if (!replayed) log.info({ registration, attempt: accepted, by: caller.name }, 'undo accepted');
  return {
    answer: { id: registration, status: 'processing', updated_at: answeredAt.toISOString() },
    replayed,
  };
}

/** null: nothing is in the way any more. */
async function whyNot(tx: Executor, id: bigint): Promise<AppError | null> {
  const snapshot = await findSnapshot(tx, id);
  const name = formatRegistrationId(id);
  if (snapshot === null) return registrationNotFound(id);
  const { status, successCount } = snapshot;
  if (status === 'processing')
    return new AppError(
      'still_processing',
      `${name} is still processing; cancel it, or undo it when it is done.`,
    );
  if (status === 'undone') return new AppError('was_undone', `${name} was undone before.`);
  return successCount > 0 ? null : new AppError('nothing_succeeded', `${name} has no activities to undo.`);
}
