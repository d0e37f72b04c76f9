import {
  type Fault,
  LIMITS,
  type RetryRegistrationRequest,
  type RetryRegistrationResponse,
} from '@bulk/contract';
import { beginAttemptIfFailed, findNotFailed, type NewAttempt, startAttempt } from '../db/attempts.ts';
import type { Executor } from '../db/executor.ts';
import { claimRetryKey, type KeptAnswer, type KeyedRequest, keepAnswer } from '../db/idempotency-keys.ts';
import { findProgress } from '../db/registrations.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { AppError } from '../errors.ts';
import { registrationNotFound } from './not-found.ts';
import { type Accepted, findReplay, keyedRequest } from './replay.ts';

/**
 * Starts one more attempt with the failed mentors, or with some of them, and nothing else.
 *
 * @param idempotencyKey with the same key and request, now or later, the same answer, and nothing new
 * @throws AppError `registration_not_found`, a conflict that names why not, `key_reused`, or
 *   `validation` for mentors that have not failed
 */
export async function retryFailed(
  deps: Deps,
  id: bigint,
  request: RetryRegistrationRequest,
  idempotencyKey: string | null = null,
): Promise<Accepted<RetryRegistrationResponse>> {
  const keyed = idempotencyKey === null ? null : keyedRequest(idempotencyKey, request);
  const started = await deps.db.prisma.$transaction(async (tx) => {
    const kept = keyed && (await takeKey(tx, id, keyed));
    return kept ?? (await start(tx, deps, id, request, keyed));
  }, TRANSACTION);

  const { attempt, answeredAt } = started;
  if ('ring' in started) {
    const { ring, mentorCount } = started;
    deps.queue.ringInBackground({ registrationId: id.toString(), attempt, ring, mentorCount }, 'entry');
    deps.log.info({ registration: formatRegistrationId(id), attempt }, 'retry accepted');
  }
  return { answer: toAnswer(id, attempt, answeredAt), replayed: !('ring' in started) };
}

/** A retry of a large registration reads its whole ledger. */
const TRANSACTION = { maxWait: 5_000, timeout: 30_000 };

interface Started {
  attempt: number;
  ring: number;
  mentorCount: number;
  answeredAt: Date;
}

const operationOf = (id: bigint) => `PUT ${formatRegistrationId(id)}`;

/** null: the key is ours now. */
async function takeKey(tx: Executor, id: bigint, keyed: KeyedRequest): Promise<KeptAnswer | null> {
  for (;;) {
    if (await claimRetryKey(tx, keyed, operationOf(id), id)) return null;
    const kept = await findReplay(tx, keyed, operationOf(id));
    if (kept) return kept;
  }
}

async function start(
  tx: Executor,
  { config }: Deps,
  id: bigint,
  request: RetryRegistrationRequest,
  keyed: KeyedRequest | null,
): Promise<Started> {
  const begun = await begin(tx, id);
  if (request.mentor_ids) refuseUnlessFailed(await findNotFailed(tx, id, request.mentor_ids));

  const started = await startAttempt(tx, {
    registrationId: id,
    attempt: begun.attempt,
    overrideDuplicates: request.override_duplicates ?? null,
    mentorIds: request.mentor_ids ?? null,
    batchSize: config.batchSize,
  });
  if (started === null) throw new AppError('nothing_failed', 'None of its mentors has failed.');

  const answer = { attempt: begun.attempt, answeredAt: started.updatedAt };
  if (keyed) await keepAnswer(tx, keyed.key, operationOf(id), answer);
  return { ...answer, ring: started.ring, mentorCount: started.mentorCount };
}

/** Another retry may come to its end just after it was in the way; then it no longer is. */
async function begin(tx: Executor, id: bigint): Promise<NewAttempt> {
  for (;;) {
    const begun = await beginAttemptIfFailed(tx, id);
    if (begun !== null) return begun;
    const refusal = await whyNot(tx, id);
    if (refusal !== null) throw refusal;
  }
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
  const version = await findProgress(tx, id);
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
      if (version.failureCount > 0) return null;
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
