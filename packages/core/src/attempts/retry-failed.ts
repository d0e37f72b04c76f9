import {
  type FieldError,
  LIMITS,
  type RetryRegistrationRequest,
  type RetryRegistrationResponse,
} from '@bulk/contract';
import type { Mentor } from '../batches/build-batch-payload.ts';
import type { Executor } from '../database/executor.ts';
import type { CallerDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import { findSnapshot } from '../progress/registration-snapshot.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { registrationNotFound } from '../registrations/refusals.ts';
import { type Accepted, keyedRequest } from '../registrations/replay.ts';
import { type AttemptOptions, acceptAttempt, beginOrRefuse, type StartedAttempt } from './accept-attempt.ts';
import { mergeResults } from './merge-results.ts';
import { beginAttemptIfFailed, listFailedMentors, startAttempt } from './start-attempt.ts';

/**
 * Starts one more attempt with the failed mentors, or with those of them that the request selects, and nothing else.
 *
 * @throws AppError `registration_not_found`, a conflict that names why not, `changed_meanwhile`, `key_reused`, or
 *   `validation` for mentors that have not failed
 * @throws transient errors of the database
 */
export async function retryFailed(
  deps: CallerDeps,
  id: bigint,
  request: RetryRegistrationRequest,
  { idempotencyKey = null, ifMatch = null }: AttemptOptions = {},
): Promise<Accepted<RetryRegistrationResponse>> {
  const accepted = deps.metrics.acceptanceSeconds.startTimer({ operation: 'retry' });
  const { attempt, answeredAt, replayed } = await acceptAttempt(deps, id, {
    operation: `PUT ${formatRegistrationId(id)}`,
    keyed: idempotencyKey === null ? null : keyedRequest(idempotencyKey, request),
    ifMatch,
    start: (tx) => start(tx, deps, id, request),
  });
  if (!replayed) {
    accepted();
    deps.log.info(
      { registration: formatRegistrationId(id), attempt, by: deps.caller.name },
      'retry accepted',
    );
  }
  return { answer: toAnswer(id, attempt, answeredAt), replayed };
}

async function start(
  tx: Executor,
  { config, caller }: CallerDeps,
  id: bigint,
  request: RetryRegistrationRequest,
): Promise<StartedAttempt> {
  const { attempt, before } = await beginOrRefuse(
    () => beginAttemptIfFailed(tx, id),
    () => whyNot(tx, id),
  );
  await mergeResults(tx, { registrationId: id, attempt: attempt - 1 });
  const mentors = await chosenMentors(tx, id, request);
  return startAttempt(tx, {
    registrationId: id,
    overrideDuplicates: request.override_duplicates ?? null,
    mentors,
    batchSize: config.batchSize,
    actor: caller.name,
    before,
  });
}

function toAnswer(id: bigint, attempt: number, updatedAt: Date): RetryRegistrationResponse {
  return {
    id: formatRegistrationId(id),
    status: 'processing',
    retry_count: attempt - 1,
    updated_at: updatedAt.toISOString(),
  };
}

/** null: nothing is in the way any more. */
async function whyNot(tx: Executor, id: bigint): Promise<AppError | null> {
  const snapshot = await findSnapshot(tx, id);
  const name = formatRegistrationId(id);
  switch (snapshot?.status) {
    case undefined:
      return registrationNotFound(id);
    case 'processing':
      return new AppError(
        'still_processing',
        `${name} is still processing; retry what failed when it is done.`,
      );
    case 'cancelled':
      return new AppError('was_cancelled', `${name} was cancelled; submit its mentors anew.`);
    case 'undone':
      return new AppError('was_undone', `${name} was undone; submit its mentors anew.`);
    case 'completed':
    case 'failed':
      if (snapshot.failureCount > 0) return null;
      return new AppError('nothing_failed', `${name} has no failed records.`);
  }
}

/** @throws AppError `nothing_failed` with these codes, or `validation` for mentors that have not failed so */
async function chosenMentors(
  tx: Executor,
  id: bigint,
  { error_codes: codes, mentor_ids: mentorIds }: RetryRegistrationRequest,
): Promise<Mentor[]> {
  const failed = await listFailedMentors(tx, id, codes ?? null);
  if (failed.length === 0) {
    const withCodes = (codes ?? []).join(' or ');
    throw new AppError(
      'nothing_failed',
      `${formatRegistrationId(id)} has no failed records with the code ${withCodes}.`,
    );
  }
  if (mentorIds === undefined) return failed;
  const failedIds = new Set(failed.map(({ mentorId }) => mentorId));
  const detail = `is not a failed mentor of this registration${codes ? ' with one of the error_codes' : ''}`;
  const fieldErrors = [...mentorIds.entries()]
    .filter(([, mentorId]) => !failedIds.has(mentorId))
    .map(([index]): FieldError => ({ pointer: `#/mentor_ids/${index}`, code: 'not_failed', detail }));
  if (fieldErrors.length > 0) {
    throw new AppError('validation', `${fieldErrors.length} of the mentors have not failed.`, {
      fieldErrors: fieldErrors.slice(0, LIMITS.fieldErrorsPerProblem),
    });
  }
  const chosen = new Set(mentorIds);
  return failed.filter(({ mentorId }) => chosen.has(mentorId));
}
