import { DELAY_REASONS, type DelayReason, type RegistrationDetails } from '@bulk/contract';

export function delayOf({
  delayReason,
  delayedSince,
}: {
  delayReason: DelayReason | null;
  delayedSince: Date | null;
}): RegistrationDetails['delayed'] {
  if (delayReason === null || delayedSince === null) return null;
  return { since: delayedSince.toISOString(), code: delayReason, message: DELAY_REASONS[delayReason] };
}
