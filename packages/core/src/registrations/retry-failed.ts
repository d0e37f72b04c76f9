import {
  type Fault,
  LIMITS,
  type RetryRegistrationRequest,
  type RetryRegistrationResponse,
} from '@bulk/contract';
import { beginAttemptIfFailed, findNotFailed, startAttempt } from '../db/attempts.ts';
import type { Executor } from '../db/client.ts';
import { findVersion } from '../db/registrations.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { AppError } from '../errors.ts';
import { registrationNotFound } from './not-found.ts';

/**
 * Starts one more attempt with the failed mentors, or with some of them, and nothing else.
 *
 * @throws AppError `registration_not_found`, a conflict that names why not, or `validation` for
 *   mentors that have not failed
 */
export async function retryFailed(
  { db, queue, config, log }: Deps,
  id: bigint,
  request: RetryRegistrationRequest,
): Promise<RetryRegistrationResponse> {
  const { attempt, ring, updatedAt } = await db.prisma.$transaction(async (tx) => {
    const begun = await beginAttemptIfFailed(tx, id);
    if (begun === null) throw await whyNot(tx, id);
    if (request.mentor_ids) refuseUnlessFailed(await findNotFailed(tx, id, request.mentor_ids));

    const started = await startAttempt(tx, {
      registrationId: id,
      attempt: begun.attempt,
      overrideDuplicates: request.override_duplicates ?? null,
      mentorIds: request.mentor_ids ?? null,
      batchSize: config.batchSize,
    });
    if (started === null) throw new AppError('nothing_failed', 'None of its mentors has failed.');
    return { ...begun, ...started };
  });

  queue.ringInBackground({ registrationId: id.toString(), attempt, ring }, 'entry');
  log.info({ registration: formatRegistrationId(id), attempt }, 'retry accepted');
  return {
    id: formatRegistrationId(id),
    status: 'processing',
    retry_count: attempt - 1,
    updated_at: updatedAt.toISOString(),
  };
}

async function whyNot(tx: Executor, id: bigint): Promise<AppError> {
  const version = await findVersion(tx, id);
  const name = formatRegistrationId(id);
  switch (version?.status) {
    case undefined:
      return registrationNotFound(id);
    case 'processing':
      return new AppError(
        'still_processing',
        `${name} is still processing; retry what failed when it is done.`,
      );
    case 'cancelled':
      return new AppError('was_cancelled', `${name} was cancelled; submit its mentors anew.`);
    case 'completed':
    case 'failed':
      return new AppError('nothing_failed', `${name} has no failed records.`);
  }
}

function refuseUnlessFailed(indexes: number[]): void {
  if (indexes.length === 0) return;
  const detail = 'is not a failed mentor of this registration';
  const faults = indexes
    .slice(0, LIMITS.faultsPerProblem)
    .map((index): Fault => ({ pointer: `#/mentor_ids/${index}`, code: 'not_failed', detail }));
  throw new AppError('validation', `${indexes.length} of the mentors have not failed.`, { faults });
}
