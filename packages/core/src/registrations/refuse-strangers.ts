import { type CreateRegistrationRequest, type FieldError, LIMITS } from '@bulk/contract';
import { AppError } from '../errors.ts';

/**
 * Refuses a request that overrides for mentors whom it does not register.
 *
 * @throws AppError `validation`, which names them
 */
export function refuseStrangers({ mentor_ids, override_mentor_ids }: CreateRegistrationRequest): void {
  if (override_mentor_ids === undefined) return;
  const mentors = new Set(mentor_ids);
  const detail = 'must be one of the mentor_ids';
  const fieldErrors = override_mentor_ids.flatMap((mentorId, index): FieldError[] =>
    mentors.has(mentorId) ? [] : [{ pointer: `#/override_mentor_ids/${index}`, code: 'not_allowed', detail }],
  );
  if (fieldErrors.length === 0) return;
  throw new AppError('validation', `${fieldErrors.length} of the override_mentor_ids are not mentor_ids.`, {
    fieldErrors: fieldErrors.slice(0, LIMITS.fieldErrorsPerProblem),
  });
}
