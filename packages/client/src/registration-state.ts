import type { RegistrationState as StreamedState } from '@bulk/contract';

/** Where a registration stands, as the event stream tells it; polling knows no `rate`, `estimated_end` and `waiting_ahead`. */
export type RegistrationState = Omit<StreamedState, 'waiting_ahead'> & {
  waiting_ahead: StreamedState['waiting_ahead'] | null;
};
