import type { CreateRegistrationRequest } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { AppError } from '../errors.ts';
import { formatRegistrationId } from './ids.ts';

/**
 * Finds the registration of the same coordinator that has the external reference of a request. Whoever may register for
 * a coordinator may see its registrations, so the refusal names it.
 *
 * @returns the refusal `reference_taken`; null: the request has no reference, or it is free
 */
export async function findReferenceTaken(
  db: Executor,
  { coordinator_id: coordinatorId, external_reference: externalReference }: CreateRegistrationRequest,
): Promise<AppError | null> {
  if (externalReference === undefined) return null;
  const existing = await db.bulkRegistration.findFirst({
    where: { externalReference, coordinatorId },
    select: { id: true },
  });
  if (existing === null) return null;
  const detail = `is the reference of ${formatRegistrationId(existing.id)}`;
  return new AppError('reference_taken', `This external_reference ${detail}.`, {
    fieldErrors: [{ pointer: '#/external_reference', code: 'taken', detail }],
  });
}
