import type { CreateRegistrationRequest, CreateRegistrationResponse } from '@bulk/contract';
import { insertRegistration } from '../db/registrations.ts';
import type { Deps } from '../deps.ts';
import { formatRegistrationId } from '../domain/ids.ts';

/**
 * Accepts a bulk registration: durable when this returns. The ring comes after the commit and is
 * not waited for, so a queue that is away delays the work and never the answer.
 */
export async function submitRegistration(
  { db, queue, config, log }: Deps,
  request: CreateRegistrationRequest,
): Promise<CreateRegistrationResponse> {
  const { id, createdAt } = await insertRegistration(db.prisma, request, { batchSize: config.batchSize });
  queue.ringInBackground({ registrationId: id.toString(), attempt: 1, ring: 1 }, 'entry');
  log.info({ registration: formatRegistrationId(id), mentors: request.mentor_ids.length }, 'accepted');

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
