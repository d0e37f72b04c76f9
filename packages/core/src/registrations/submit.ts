import type { CreateRegistrationRequest, CreateRegistrationResponse } from '@bulk/contract';
import type { CallerDeps } from '../deps.ts';
import type { KeptAnswer, KeyedRequest } from './idempotency-keys.ts';
import { formatRegistrationId } from './ids.ts';
import { insertRegistration } from './insert-registration.ts';
import { type Accepted, findReplay, keyedRequest } from './replay.ts';

/**
 * Accepts a bulk registration: durable when this returns. The job is added after the commit and is not
 * waited for, so a queue that does not answer delays the work and never the answer.
 *
 * @param options.idempotencyKey with the same key and request, now or later, the same answer, and nothing new
 * @param options.admit throws when the caller may not register so much; not asked for a replay
 * @throws AppError `key_reused`
 */
export async function submitRegistration(
  { db, queue, config, log, metrics, caller }: CallerDeps,
  request: CreateRegistrationRequest,
  { idempotencyKey = null, admit = null }: SubmitOptions = {},
): Promise<Accepted<CreateRegistrationResponse>> {
  const accepted = metrics.acceptanceSeconds.startTimer({ operation: 'submit' });
  const keyed = idempotencyKey === null ? null : keyedSubmit(idempotencyKey, request);
  if (admit !== null) {
    const kept = keyed && (await findReplay(db.prisma, keyed, 'POST'));
    if (kept) return replayOf(request, kept);
    await admit();
  }
  for (;;) {
    const stored = await insertRegistration(db.prisma, request, {
      batchSize: config.batchSize,
      keyed,
      createdBy: caller.name,
    });
    if (stored !== null) {
      accepted();
      const mentorCount = request.mentor_ids.length;
      const message = { registrationId: stored.id.toString(), attempt: 1, generation: 1 };
      queue.enqueueInBackground({ ...message, mentorCount }, 'first');
      log.info({ registration: formatRegistrationId(stored.id), mentors: mentorCount }, 'accepted');
      return { answer: toAnswer(request, stored.id, stored.createdAt), replayed: false };
    }
    const kept = keyed && (await findReplay(db.prisma, keyed, 'POST'));
    if (kept) return replayOf(request, kept);
  }
}

export interface SubmitOptions {
  idempotencyKey?: string | null;
  admit?: (() => Promise<void>) | null;
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
