import type { CreateRegistrationRequest, CreateRegistrationResponse } from '@bulk/contract';
import type { KeyedRequest } from '../db/idempotency-keys.ts';
import { insertRegistration } from '../db/registrations.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { type Accepted, findReplay, keyedRequest } from './replay.ts';

/**
 * Accepts a bulk registration: durable when this returns. The ring comes after the commit and is
 * not waited for, so a queue that is away delays the work and never the answer.
 *
 * @param idempotencyKey with the same key and request, now or later, the same answer, and nothing new
 * @throws AppError `key_reused`
 */
export async function submitRegistration(
  { db, queue, config, log }: Deps,
  request: CreateRegistrationRequest,
  idempotencyKey: string | null = null,
): Promise<Accepted<CreateRegistrationResponse>> {
  const keyed = idempotencyKey === null ? null : keyedSubmit(idempotencyKey, request);
  for (;;) {
    const stored = await insertRegistration(db.prisma, request, { batchSize: config.batchSize, keyed });
    if (stored !== null) {
      const mentorCount = request.mentor_ids.length;
      const message = { registrationId: stored.id.toString(), attempt: 1, ring: 1 };
      queue.ringInBackground({ ...message, mentorCount }, 'entry');
      log.info({ registration: formatRegistrationId(stored.id), mentors: mentorCount }, 'accepted');
      return { answer: toAnswer(request, stored.id, stored.createdAt), replayed: false };
    }
    const kept = keyed && (await findReplay(db.prisma, keyed, 'POST'));
    if (kept) return { answer: toAnswer(request, kept.registrationId, kept.answeredAt), replayed: true };
  }
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
