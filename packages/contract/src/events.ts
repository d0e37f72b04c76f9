import { type Static, Type } from 'typebox';
import { RegistrationId, Timestamp } from './fields.ts';
import { LIMITS } from './plain.ts';
import { RegistrationDetails } from './registrations.ts';

const { id, status, mentor_count, success_count, failure_count, retry_count, updated_at, completed_at } =
  RegistrationDetails.properties;
const { progress, transient_error, undone_count, kept_count, waiting_reason } =
  RegistrationDetails.properties;

/** The data of `progress` and `end`: where a registration stands. */
export const RegistrationState = Type.Object({
  id,
  status,
  mentor_count,
  success_count,
  failure_count,
  retry_count,
  updated_at,
  completed_at,
  progress,
  rate: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
    description: 'Mentors a second over the last five seconds; null while that is not known, and at the end.',
  }),
  estimated_end: Type.Union([Timestamp, Type.Null()], {
    description: 'When it would be done at this rate; null where nothing can be said.',
  }),
  waiting_ahead: Type.Integer({
    minimum: 0,
    maximum: LIMITS.countedAhead,
    description: `Registrations that were created earlier and are processing still; ${LIMITS.countedAhead} stands for more, too.`,
  }),
  transient_error,
  waiting_reason,
  undone_count,
  kept_count,
});
export type RegistrationState = Static<typeof RegistrationState>;

/** The data of `gone`. */
export const RegistrationGone = Type.Object({ id: RegistrationId });
export type RegistrationGone = Static<typeof RegistrationGone>;
