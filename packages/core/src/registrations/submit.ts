import type { CreateRegistrationRequest, CreateRegistrationResponse } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { isReferenceTaken } from '../database/sql-failure.ts';
import type { CallerDeps } from '../deps.ts';
import { AppError } from '../errors.ts';
import type { KeptAnswer, KeyedRequest } from './idempotency-keys.ts';
import { formatRegistrationId } from './ids.ts';
import { insertRegistration } from './insert-registration.ts';
import { findPlanOutdated } from './plan.ts';
import { findReferenceTaken } from './reference-taken.ts';
import { refuseStrangers } from './refuse-strangers.ts';
import { type Accepted, findReplay, keyedRequest } from './replay.ts';
import { type Admit, storeIfAdmitted } from './store-if-admitted.ts';

/**
 * Accepts a bulk registration: durable when this returns. The job is added after the commit and is not
 * waited for, so a queue that does not answer delays the work and never the answer.
 *
 * @param options.idempotencyKey with the same key and request, now or later, the same answer, and nothing new
 * @throws AppError of `admit`, `key_reused`, `plan_outdated`, `reference_taken`, or `validation` for a plan or mentors to override of another request
 */
export async function submitRegistration(
  { db, queue, config, log, metrics, caller }: CallerDeps,
  request: CreateRegistrationRequest,
  { idempotencyKey = null, admit = null }: SubmitOptions = {},
): Promise<Accepted<CreateRegistrationResponse>> {
  const accepted = metrics.acceptanceSeconds.startTimer({ operation: 'submit' });
  refuseStrangers(request);
  const keyed = idempotencyKey === null ? null : keyedSubmit(idempotencyKey, request);
  const findKept = async () => keyed && (await findReplay(db.prisma, keyed, 'POST'));
  if (admit !== null || request.plan !== undefined) {
    const earlier = await findKeptOrRefuse(db.prisma, request, findKept);
    if (earlier !== null) return replayOf(request, earlier);
  }
  const store = (executor: Executor) =>
    insertRegistration(executor, request, { batchSize: config.batchSize, keyed, createdBy: caller.name });
  // null also if the registration with this reference was deleted meanwhile: then it is stored at the next try.
  const findTaken = (error: unknown) => {
    if (!isReferenceTaken(error)) throw error;
    return findReferenceTaken(db.prisma, request);
  };
  for (;;) {
    const storing = admit === null ? store(db.prisma) : storeIfAdmitted(db, admit, store);
    const stored = await storing.catch(findTaken);
    if (stored !== null && !(stored instanceof AppError)) {
      accepted();
      const mentorCount = request.mentor_ids.length;
      const message = { registrationId: stored.id.toString(), attempt: 1, generation: 1 };
      queue.enqueueInBackground({ ...message, mentorCount }, 'first');
      log.info({ registration: formatRegistrationId(stored.id), mentors: mentorCount }, 'accepted');
      return { answer: toAnswer(request, stored.id, stored.createdAt), replayed: false };
    }
    // Also after a refusal: the limit may have been reached by the same request, accepted a moment ago.
    const kept = await findKept();
    if (kept !== null) return replayOf(request, kept);
    if (stored !== null) throw stored;
  }
}

export interface SubmitOptions {
  idempotencyKey?: string | null;
  /** Not asked for a replay; null: there is no limit. */
  admit?: Admit | null;
}

/**
 * Finds the answer that the key has had; null: none.
 *
 * @throws AppError `plan_outdated`
 */
async function findKeptOrRefuse(
  db: Executor,
  request: CreateRegistrationRequest,
  findKept: () => Promise<KeptAnswer | null>,
): Promise<KeptAnswer | null> {
  const kept = await findKept();
  if (kept !== null) return kept;
  const outdated = await findPlanOutdated(db, request);
  if (outdated === null) return null;
  // The same request, accepted a moment ago, has made its own mentors duplicates.
  const keptMeanwhile = await findKept();
  if (keptMeanwhile === null) throw outdated;
  return keptMeanwhile;
}

function replayOf(
  request: CreateRegistrationRequest,
  { registrationId, answeredAt }: KeptAnswer,
): Accepted<CreateRegistrationResponse> {
  return { answer: toAnswer(request, registrationId, answeredAt), replayed: true };
}

/** What is left out and what is given as its default are the same request. */
function keyedSubmit(key: string, request: CreateRegistrationRequest): KeyedRequest {
  return keyedRequest(key, { override_duplicates: false, ...request });
}

function toAnswer(
  request: CreateRegistrationRequest,
  id: bigint,
  createdAt: Date,
): CreateRegistrationResponse {
  return {
    id: formatRegistrationId(id),
    coordinator_id: request.coordinator_id,
    mentor_ids: request.mentor_ids,
    activity_type: request.activity_type,
    activity_date: request.activity_date,
    mentor_count: request.mentor_ids.length,
    status: 'processing',
    created_at: createdAt.toISOString(),
  };
}
