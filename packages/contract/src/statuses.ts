import { Type } from 'typebox';

export const REGISTRATION_STATUSES = ['processing', 'completed', 'failed', 'cancelled', 'undone'] as const;
export type RegistrationStatus = (typeof REGISTRATION_STATUSES)[number];

export const RESULT_STATUSES = ['pending', 'success', 'failed', 'cancelled', 'undone', 'kept'] as const;
export type ResultStatus = (typeof RESULT_STATUSES)[number];

/** A string of a closed list, in the form that both OpenAPI readers and code generators know. */
export function oneOf<const T extends readonly string[]>(
  values: T,
  options: { description?: string; default?: T[number] } = {},
) {
  return Type.Unsafe<T[number]>({ type: 'string', enum: [...values], ...options });
}

export const RegistrationStatusSchema = oneOf(REGISTRATION_STATUSES, {
  description:
    'processing: mentors are pending. completed: every mentor has a result, at least one a success. ' +
    'failed: every mentor has a result, none a success. cancelled: stopped before the end. ' +
    'undone: the written activities were deleted, except those that were kept.',
});

export const ResultStatusSchema = oneOf(RESULT_STATUSES, {
  description:
    'pending: waits for its batch. success: the activity is written. failed: it was refused. cancelled: not ' +
    'written before the cancel. undone: it was deleted by an undo. kept: an undo did not delete it.',
});
