import { AppError } from '../errors.ts';
import { formatRegistrationId } from './ids.ts';

export function registrationNotFound(id: bigint): AppError {
  return new AppError('registration_not_found', `There is no bulk registration ${formatRegistrationId(id)}.`);
}

export function changedMeanwhile(id: bigint): AppError {
  return new AppError(
    'changed_meanwhile',
    `${formatRegistrationId(id)} is not as it was when you last read it.`,
  );
}
