import { type RegistrationDetails, TRANSIENT_ERRORS, type TransientErrorCode } from '@bulk/contract';

export function transientErrorOf({
  transientErrorCode,
  transientErrorSince,
}: {
  transientErrorCode: TransientErrorCode | null;
  transientErrorSince: Date | null;
}): RegistrationDetails['transient_error'] {
  if (transientErrorCode === null || transientErrorSince === null) return null;
  return {
    since: transientErrorSince.toISOString(),
    code: transientErrorCode,
    message: TRANSIENT_ERRORS[transientErrorCode],
  };
}
