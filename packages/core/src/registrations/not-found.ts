import { AppError } from '../errors.ts';
import { formatRegistrationId } from './ids.ts';

export function registrationNotFound(id: bigint): AppError {
  return new AppError('registration_not_found', `There is no bulk registration ${formatRegistrationId(id)}.`);
}
