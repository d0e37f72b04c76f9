import type { FieldError, Problem, ProblemCode } from '@bulk/contract';

const TYPE_PREFIX = 'urn:bulk-registrations:problem:';

/** The service understood the request, or something in front of it did, and the answer is no. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  /** The HTTP status. */
  readonly status: number;
  /** A URN of this service; `about:blank` when something in front of it answered. */
  readonly type: string;
  /** The last part of `type`, as the contract lists them; null for a type that is not ours. */
  readonly code: ProblemCode | null;
  readonly title: string;
  /** One for each error of the request: where it is, its code, and a sentence about it. */
  readonly errors: readonly FieldError[];
  /** How long the service asks to be left alone; null when it does not say. */
  readonly retryAfterMs: number | null;
  /** How often the request was sent before, without an answer: one of those may have been carried out. */
  readonly earlierTries: number;

  constructor(
    problem: Problem,
    { retryAfterMs = null, earlierTries = 0 }: { retryAfterMs?: number | null; earlierTries?: number } = {},
  ) {
    super(problem.detail);
    this.status = problem.status;
    this.type = problem.type;
    this.code = codeOf(problem.type);
    this.title = problem.title;
    this.errors = problem.errors ?? [];
    this.retryAfterMs = retryAfterMs;
    this.earlierTries = earlierTries;
  }
}

/** No answer, or half of one: the request may or may not have been carried out. */
export class ServiceUnreachable extends Error {
  override readonly name = 'ServiceUnreachable';
}

/** @param response one whose status says that the request failed; its body is read here */
export async function problemFrom(response: Response, earlierTries: number): Promise<ApiProblem> {
  const circumstances = { retryAfterMs: retryAfterMsOf(response), earlierTries };
  const body = parsed(await response.text());
  if (isProblem(body)) return new ApiProblem(body, circumstances);
  const title = response.statusText || `HTTP ${response.status}`;
  const detail = `The answer was ${response.status} ${response.statusText}`.trimEnd();
  return new ApiProblem({ type: 'about:blank', title, status: response.status, detail }, circumstances);
}

/** The problem that the service answers with when a registration is deleted or was never there. */
export function registrationGone(id: string): ApiProblem {
  return ownProblem('registration_not_found', 404, `There is no bulk registration ${id} any more.`);
}

/** What the service says of a retry that comes too early; here of a delete, which would cancel. */
export function stillProcessing(id: string): ApiProblem {
  return ownProblem('still_processing', 409, `Bulk registration ${id} is processing: cancel it first.`);
}

/** `Retry-After` in milliseconds, of either form; null without one. */
export function retryAfterMsOf({ headers }: Response): number | null {
  const header = headers.get('retry-after');
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now());
}

/** What the service says of a key that it can't read; here nothing is sent. It does not repeat the key. */
export function malformedApiKey(): ApiProblem {
  return ownProblem(
    'unauthorized',
    401,
    'This is not a key: it is empty, or has a character that no key has.',
  );
}

function ownProblem(code: ProblemCode, status: number, detail: string): ApiProblem {
  return new ApiProblem({ type: TYPE_PREFIX + code.replaceAll('_', '-'), title: detail, status, detail });
}

function codeOf(type: string): ProblemCode | null {
  if (!type.startsWith(TYPE_PREFIX)) return null;
  return type.slice(TYPE_PREFIX.length).replaceAll('-', '_') as ProblemCode;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isProblem(body: unknown): body is Problem {
  return typeof body === 'object' && body !== null && 'type' in body && 'detail' in body && 'status' in body;
}
