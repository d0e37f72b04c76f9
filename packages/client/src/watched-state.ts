import type { RegistrationState } from '@bulk/contract';

/** Where a registration stands, as the event stream tells it; polling knows no `rate`, `estimated_end` and `waiting_ahead`. */
export type WatchedState = Omit<RegistrationState, 'waiting_ahead'> & {
  waiting_ahead: RegistrationState['waiting_ahead'] | null;
};
