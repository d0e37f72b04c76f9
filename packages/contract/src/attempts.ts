import { type Static, Type } from 'typebox';
import { RegistrationId, Timestamp } from './fields.ts';
import { oneOf } from './statuses.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const AttemptOutcome = Type.Object({
  success_count: count('Mentors whose activity this attempt wrote.'),
  failure_count: count('Mentors whom it tried, and who failed.'),
  undone_count: count('Mentors whose activity it deleted.'),
  kept_count: count('Mentors whose activity it did not delete.'),
  not_done_count: count(
    'Mentors of this attempt without a result of it: pending, or it was cancelled before.',
  ),
});
export type AttemptOutcome = Static<typeof AttemptOutcome>;

export const Attempt = Type.Object({
  attempt: Type.Integer({ minimum: 1 }),
  kind: oneOf(['register', 'retry', 'undo'] as const),
  by: Type.String({ description: 'Who asked for it, as in the history.' }),
  mentor_count: count('Mentors of this attempt.'),
  override_duplicates: Type.Optional(Type.Boolean({ description: 'Of a retry.' })),
  accepted_at: Timestamp,
  started_at: Type.Union([Timestamp, Type.Null()], {
    description: 'When its first batch was written. null: none was, or it is not stored.',
  }),
  finished_at: Type.Union([Timestamp, Type.Null()], {
    description: 'When it ended or was cancelled. null: it is processing, or it is not stored.',
  }),
  outcome: Type.Union([AttemptOutcome, Type.Null()], {
    description: 'null: not stored, because the next attempt began before the service recorded it.',
  }),
});
export type Attempt = Static<typeof Attempt>;

export const AttemptsResponse = Type.Object({
  id: RegistrationId,
  attempts: Type.Array(Attempt, { description: 'The oldest first.' }),
});
export type AttemptsResponse = Static<typeof AttemptsResponse>;
