import { type Static, Type } from 'typebox';
import { ActivityId, MentorId } from './fields.ts';
import { oneOf, ResultStatusSchema } from './statuses.ts';

/** Why a mentor failed: the code and the sentence that goes with it. */
export const RESULT_ERRORS = {
  duplicate: 'The mentor already has this activity on this date.',
  invalid_value: 'The database refused a value of this record.',
  constraint_violated: 'The record breaks a rule of the database.',
  limit_exceeded: 'The record is larger than the database allows.',
  rejected: 'A rule of the database rejected the record.',
} as const;

export type ResultErrorCode = keyof typeof RESULT_ERRORS;
export const RESULT_ERROR_CODES = Object.keys(RESULT_ERRORS) as ResultErrorCode[];

export const ResultError = Type.Object({
  code: oneOf(RESULT_ERROR_CODES),
  message: Type.String({ examples: [RESULT_ERRORS.duplicate] }),
});

export const MentorResult = Type.Object({
  mentor_id: MentorId,
  activity_id: Type.Union([ActivityId, Type.Null()], { description: 'null unless the status is success.' }),
  status: ResultStatusSchema,
  error: Type.Optional(ResultError),
  existing_activity_id: Type.Optional(
    Type.String({ description: 'The activity a duplicate clashes with.', examples: ['pa-004'] }),
  ),
});
export type MentorResult = Static<typeof MentorResult>;
