import { type Static, Type } from 'typebox';
import { ActivityId, MentorId, RegistrationId } from './fields.ts';
import { LIMITS, RESULT_ERRORS, type ResultErrorCode } from './plain.ts';
import { oneOf, RESULT_STATUSES, RegistrationStatusSchema, ResultStatusSchema } from './statuses.ts';

export const RESULT_ERROR_CODES = Object.keys(RESULT_ERRORS) as ResultErrorCode[];

/** The codes of results with the status `kept`. */
export const KEPT_CODES = ['activity_changed', 'activity_gone', 'delete_refused'] as const;
export type KeptCode = (typeof KEPT_CODES)[number];

/** The codes of results with the status `failed`. */
export type FailureCode = Exclude<ResultErrorCode, KeptCode>;
export const FAILURE_CODES = RESULT_ERROR_CODES.filter(
  (code): code is FailureCode => !(KEPT_CODES as readonly string[]).includes(code),
);

export const ResultError = Type.Object({
  code: oneOf(RESULT_ERROR_CODES),
  message: Type.String({ examples: [RESULT_ERRORS.duplicate] }),
});

export const MentorResult = Type.Object({
  mentor_id: MentorId,
  activity_id: Type.Union([ActivityId, Type.Null()], {
    description: 'null unless the status is success, or kept and the activity exists.',
  }),
  status: ResultStatusSchema,
  error: Type.Optional(ResultError),
  existing_activity_id: Type.Optional(
    Type.String({ description: 'The activity a duplicate clashes with.', examples: ['pa-004'] }),
  ),
});
export type MentorResult = Static<typeof MentorResult>;

export const FailuresResponse = Type.Object({
  id: RegistrationId,
  failures: Type.Array(
    Type.Object({
      error_code: oneOf(FAILURE_CODES),
      count: Type.Integer({ minimum: 1, description: 'Failed mentors with this code.' }),
    }),
    { description: 'One entry for each code that a failed mentor has, the most frequent first.' },
  ),
});
export type FailuresResponse = Static<typeof FailuresResponse>;

export const RESULT_FORMATS = ['json', 'csv', 'ndjson'] as const;
export type ResultFormat = (typeof RESULT_FORMATS)[number];

export const GetResultsQuery = Type.Object(
  {
    status: Type.Optional(oneOf(RESULT_STATUSES, { description: 'Only results of this status.' })),
    code: Type.Optional(oneOf(RESULT_ERROR_CODES, { description: 'Only results with this error code.' })),
    after: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 100,
        description: 'The next_cursor of an earlier answer: goes on from there.',
      }),
    ),
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LIMITS.resultsPageSize,
        description: `How many results: json takes ${LIMITS.resultsPageSize} if it is left out, csv and ndjson take all.`,
      }),
    ),
    format: Type.Optional(
      oneOf(RESULT_FORMATS, {
        default: 'json',
        description: 'json: a page. csv and ndjson: a file, streamed.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type GetResultsQuery = Static<typeof GetResultsQuery>;

export const ResultsResponse = Type.Object({
  id: RegistrationId,
  status: RegistrationStatusSchema,
  complete: Type.Boolean({ description: 'Whether nothing is processing any more: no result will follow.' }),
  data: Type.Array(MentorResult, { description: 'In the order of mentor_ids.' }),
  pagination: Type.Object({
    limit: Type.Integer({ minimum: 1 }),
    next_cursor: Type.Union([Type.String(), Type.Null()], {
      description:
        'For `after`; null at the end of the mentors. With status or code the last page may be empty.',
    }),
  }),
});
export type ResultsResponse = Static<typeof ResultsResponse>;
