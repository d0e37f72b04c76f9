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
import { hasSeen } from '../registrations/etag.ts';
import {
  claimRetryKey,
  type KeptAnswer,
  type KeyedRequest,
  keepAnswer,
} from '../registrations/idempotency-keys.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { changedMeanwhile, registrationNotFound } from '../registrations/refusals.ts';
import { type Accepted, findReplay, keyedRequest } from '../registrations/replay.ts';
import { beginAttemptIfFailed, listFailedMentors, mergeResults, startAttempt } from './start-attempt.ts';

/**
 * Starts one more attempt with the failed mentors, or with some of them, and nothing else.
 *
 * @param options.idempotencyKey with the same key and request, now or later, the same answer, and nothing new
 * @param options.ifMatch the If-Match header: start only from a state that the client has seen
 * @throws AppError `registration_not_found`, a conflict that names why not, `changed_meanwhile`, `key_reused`, or
 *   `validation` for mentors that have not failed
 * @throws transient errors of the database
 */
export async function retryFailed(
  deps: CallerDeps,
  id: bigint,
  request: RetryRegistrationRequest,
  { idempotencyKey = null, ifMatch = null }: RetryOptions = {},
): Promise<Accepted<RetryRegistrationResponse>> {
  const accepted = deps.metrics.acceptanceSeconds.startTimer({ operation: 'retry' });
  const keyed = idempotencyKey === null ? null : keyedRequest(idempotencyKey, request);
  const started = await deps.db.prisma.$transaction(async (tx) => {
    const kept = keyed && (await takeKey(tx, id, keyed));
    if (kept) return kept;
    if (ifMatch !== null) await refuseUnlessSeen(tx, id, ifMatch);
    return start(tx, deps, id, request, keyed);
  }, TRANSACTION);

  const { attempt, answeredAt } = started;
  if ('generation' in started) {
    accepted();
    const { generation, mentorCount } = started;
    deps.queue.enqueueInBackground(
      { registrationId: id.toString(), attempt, generation, mentorCount },
      'first',
    );
    deps.log.info(
      { registration: formatRegistrationId(id), attempt, by: deps.caller.name },
      'retry accepted',
    );
  }
  return { answer: toAnswer(id, attempt, answeredAt), replayed: !('generation' in started) };
}

export interface RetryOptions {
  idempotencyKey?: string | null;
  ifMatch?: string | null;
}

/** Locks the row, so that it is the state that the retry starts from. */
async function refuseUnlessSeen(tx: Executor, id: bigint, ifMatch: string): Promise<void> {
  await tx.$queryRaw`select from bulk_registrations where id = ${id}::bigint for no key update`;
  const snapshot = await findSnapshot(tx, id);
  if (snapshot === null) throw registrationNotFound(id);
  if (!hasSeen(ifMatch, snapshot)) throw changedMeanwhile(id);
}

/** A retry of a large registration reads all of its results. */
const TRANSACTION = { maxWait: 5_000, timeout: 30_000 };

interface Started {
  attempt: number;
  generation: number;
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
  { config, caller }: CallerDeps,
  id: bigint,
  request: RetryRegistrationRequest,
  keyed: KeyedRequest | null,
): Promise<Started> {
  const { attempt } = await begin(tx, id);
  const previous = attempt - 1;
  if (previous > 1) await mergeResults(tx, { registrationId: id, attempt: previous });
  const mentors = chosenMentors(await listFailedMentors(tx, id), request.mentor_ids);
  const { updatedAt, ...started } = await startAttempt(tx, {
    registrationId: id,
    overrideDuplicates: request.override_duplicates ?? null,
    mentors,
    batchSize: config.batchSize,
    actor: caller.name,
  });
  const answer = { attempt, answeredAt: updatedAt };
  if (keyed) await keepAnswer(tx, keyed.key, operationOf(id), answer);
  return { ...answer, ...started };
}

/** Another retry may come to its end just after it was in the way; then it no longer is. */
async function begin(tx: Executor, id: bigint): Promise<{ attempt: number }> {
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
    case 'completed':
    case 'failed':
      if (snapshot.failureCount > 0) return null;
      return new AppError('nothing_failed', `${name} has no failed records.`);
  }
}

/** @throws AppError `validation` for those that have not failed */
function chosenMentors(failed: Mentor[], mentorIds: readonly string[] | undefined): Mentor[] {
  if (mentorIds === undefined) return failed;
  const failedIds = new Set(failed.map(({ mentorId }) => mentorId));
  const detail = 'is not a failed mentor of this registration';
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
