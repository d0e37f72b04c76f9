import { type Static, Type } from 'typebox';
import { RegistrationId } from './fields.ts';
import { oneOf, RegistrationStatusSchema } from './statuses.ts';

/** What a verification compares: what the registration records, and what is counted again. */
export const VERIFICATION_CHECKS = {
  mentors: 'Mentors of the registration, and of its batches',
  successes: 'success_count, and results that are a success',
  failures: 'failure_count, and results that have failed',
  undone: 'undone_count, and results that are undone',
  kept: 'kept_count, and results that are kept',
  not_done: 'Mentors without a result, and results that are pending or cancelled',
  activities: 'Successes, and their activities that exist',
  activities_without_result: 'Activities of this registration that no result names: 0 are right',
} as const;
export type VerificationCheck = keyof typeof VERIFICATION_CHECKS;

const count = Type.Integer({ minimum: 0 });

export const VerificationResponse = Type.Object({
  id: RegistrationId,
  status: RegistrationStatusSchema,
  agrees: Type.Boolean({ description: 'Whether all checks agree.' }),
  checks: Type.Array(
    Type.Object({
      check: oneOf(Object.keys(VERIFICATION_CHECKS) as VerificationCheck[], {
        description: Object.entries(VERIFICATION_CHECKS)
          .map(([check, text]) => `${check}: ${text}.`)
          .join(' '),
      }),
      recorded: count,
      counted: count,
      agrees: Type.Boolean(),
    }),
  ),
});
export type VerificationResponse = Static<typeof VerificationResponse>;
