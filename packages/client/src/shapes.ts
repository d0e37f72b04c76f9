import type { RegistrationDetails, RegistrationProgress, RegistrationStatus } from '@bulk/contract';

/** Where a registration stands, as the event stream tells it. */
export interface RegistrationState {
  id: string;
  status: RegistrationStatus;
  mentor_count: number;
  success_count: number;
  failure_count: number;
  retry_count: number;
  updated_at: string;
  completed_at: string | null;
  progress: RegistrationProgress;
  /** Mentors a second over the last seconds; null when that is not known, as always while polling. */
  rate: number | null;
  estimated_end: string | null;
  /** Registrations that wait ahead of this one; null while polling. */
  waiting_ahead: number | null;
  delayed: RegistrationDetails['delayed'];
}
