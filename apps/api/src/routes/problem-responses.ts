import { PROBLEMS, Problem, type ProblemCode, problemType } from '@bulk/contract';

type ErrorStatus = (typeof PROBLEMS)[ProblemCode]['status'];

interface ProblemResponse {
  description: string;
  headers?: Record<string, object>;
  content: {
    'application/problem+json': { schema: typeof Problem; examples: Record<string, { value: Problem }> };
  };
}

/** What the document says about the error responses of a route: one for each status of these codes, and of those that all have. */
export function problems(...ofRoute: readonly ProblemCode[]): Partial<Record<ErrorStatus, ProblemResponse>> {
  const codes: readonly ProblemCode[] = [...ofRoute, 'unauthorized', 'forbidden', 'too_many_requests'];
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      responseOf(
        codes.filter((code) => PROBLEMS[code].status === status),
        status,
      ),
    ]),
  );
}

const RETRY_AFTER = { type: 'string', description: 'When to try again, in seconds.', examples: ['1'] };

function responseOf(codes: readonly ProblemCode[], status: ErrorStatus): ProblemResponse {
  return {
    description: codes.map((code) => `\`${problemType(code)}\`: ${PROBLEMS[code].title}`).join('\n\n'),
    ...((status === 429 || status === 503) && { headers: { 'Retry-After': RETRY_AFTER } }),
    content: {
      'application/problem+json': {
        schema: Problem,
        examples: Object.fromEntries(codes.map((code) => [code, { value: exampleOf(code) }])),
      },
    },
  };
}

/** Details as they read in a real answer. */
const DETAILS: Partial<Record<ProblemCode, string>> = {
  unauthorized: 'Send your key in the header Authorization: Bearer <key>.',
  forbidden: 'This needs the role coordinator; yours is viewer.',
  too_many_requests: 'You may use 600 requests a minute; 0 are left.',
  validation: 'duration_minutes must be at most 1440.',
  bad_request: 'The request body is not valid JSON, at character 6.',
  registration_not_found: 'There is no bulk registration bulk-002.',
  activity_not_found: 'There is no activity pa-010.',
  delivery_not_found: 'bulk-002 has no such delivery.',
  no_webhook: 'WEBHOOK_URL is not set, so nothing is sent.',
  still_processing: 'bulk-002 is still processing; retry what failed when it is done.',
  was_cancelled: 'bulk-002 was cancelled; submit its mentors anew.',
  was_undone: 'bulk-002 was undone; submit its mentors anew.',
  nothing_succeeded: 'bulk-002 has no activities to undo.',
  reference_taken: 'This external_reference is the reference of bulk-002.',
  key_reused: 'This Idempotency-Key came with another request before.',
  nothing_failed: 'bulk-002 has no failed records.',
  not_running: 'bulk-002 is completed; there is nothing to cancel.',
  changed_meanwhile: 'bulk-002 is not as it was when you last read it.',
  plan_outdated: '2 mentors differ from the plan: check the registration again.',
  too_large: 'The request body must have at most 32 MiB.',
  unsupported_media_type: 'Send the request body with content-type: application/json.',
  internal: 'The service failed; the error was logged under 1f0c2f0e-6b0e-4b1c-9a53-0d9b6b1c7d55.',
  unavailable: 'Please try again shortly.',
};

function exampleOf(code: ProblemCode): Problem {
  const { title, status } = PROBLEMS[code];
  const problem: Problem = { type: problemType(code), title, status, detail: DETAILS[code] ?? title };
  if (code === 'validation') {
    problem.errors = [
      { pointer: '#/duration_minutes', code: 'out_of_range', detail: 'must be at most 1440' },
    ];
  }
  return problem;
}
