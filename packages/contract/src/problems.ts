import { type Static, Type } from 'typebox';

/** Every problem the API answers with: its HTTP status and its title, which never changes. */
export const PROBLEMS = {
  validation: { status: 400, title: 'The request is not valid.' },
  unauthorized: { status: 401, title: 'This needs valid credentials.' },
  forbidden: { status: 403, title: 'These credentials do not allow it.' },
  not_found: { status: 404, title: 'There is nothing at this address.' },
  method_not_allowed: { status: 405, title: 'This address has other methods.' },
  registration_not_found: { status: 404, title: 'There is no such bulk registration.' },
  activity_not_found: { status: 404, title: 'There is no such activity.' },
  delivery_not_found: { status: 404, title: 'There is no such delivery.' },
  no_webhook: { status: 409, title: 'There is no webhook.' },
  still_processing: { status: 409, title: 'The bulk registration is still processing.' },
  was_cancelled: { status: 409, title: 'The bulk registration was cancelled.' },
  was_undone: { status: 409, title: 'The bulk registration was undone.' },
  nothing_failed: { status: 409, title: 'The bulk registration has no failed records.' },
  nothing_succeeded: { status: 409, title: 'The bulk registration has no written activities.' },
  reference_taken: { status: 409, title: 'Another bulk registration has this external reference.' },
  not_running: { status: 409, title: 'The bulk registration is not running.' },
  changed_meanwhile: { status: 412, title: 'The bulk registration has changed.' },
  plan_outdated: { status: 412, title: 'The duplicates are not those of the plan.' },
  too_large: { status: 413, title: 'The request body is too large.' },
  unsupported_media_type: { status: 415, title: 'The request body must be application/json.' },
  key_reused: { status: 422, title: 'The Idempotency-Key belongs to another request.' },
  too_many_requests: { status: 429, title: 'Too many requests.' },
  bad_request: { status: 400, title: 'The request could not be understood.' },
  internal: { status: 500, title: 'The service failed to answer.' },
  unavailable: { status: 503, title: 'The service is not available for now.' },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;

/** What can be wrong with one field. */
export const FIELD_ERROR_CODES = [
  'missing',
  'unknown_field',
  'wrong_type',
  'wrong_format',
  'not_allowed',
  'out_of_range',
  'too_short',
  'too_long',
  'repeated',
  'taken',
  'not_failed',
  'is_duplicate',
  'is_no_duplicate',
] as const;
export type FieldErrorCode = (typeof FIELD_ERROR_CODES)[number];

export const FieldError = Type.Object({
  pointer: Type.Optional(
    Type.String({
      description: 'Where in the body: a JSON Pointer in URI fragment form (RFC 6901).',
      examples: ['#/mentor_ids/17'],
    }),
  ),
  parameter: Type.Optional(
    Type.String({ description: 'Which parameter, of the query or the path.', examples: ['limit'] }),
  ),
  header: Type.Optional(Type.String({ description: 'Which header.', examples: ['if-match'] })),
  code: Type.Unsafe<FieldErrorCode>({ type: 'string', enum: [...FIELD_ERROR_CODES] }),
  detail: Type.String({ examples: ['must be at most 1440'] }),
});
export type FieldError = Static<typeof FieldError>;

/** Problem details, RFC 9457. */
export const Problem = Type.Object(
  {
    type: Type.String({
      description: 'Names the kind of problem; compare this, not the text.',
      examples: ['urn:bulk-registrations:problem:validation'],
    }),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For the person who reads it.' }),
    errors: Type.Optional(Type.Array(FieldError, { description: 'One for each error; at most 100.' })),
  },
  { description: 'Problem details (RFC 9457).' },
);
export type Problem = Static<typeof Problem>;

export function problemType(code: ProblemCode): string {
  return `urn:bulk-registrations:problem:${code.replaceAll('_', '-')}`;
}
