import { ApiProblem, ServiceUnreachable } from '@bulk/client';
import type { FieldError } from '@bulk/contract';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { visible } from './io.ts';
import { UsageError } from './usage-error.ts';

export interface Failure {
  exitCode: ExitCode;
  /** Lines for people: first the error, then its fields. */
  lines: string[];
  /** For `--json`. */
  document: { error: object };
}

const REFUSED = [400, 401, 403, 413, 415, 422];
const NOT_POSSIBLE = [404, 409, 410, 412];

/** What to do about a key, after the reason of the service. */
const ADVICE: Record<number, string> = {
  401: 'Give a valid key with --key-file or BULK_API_KEY. The operator of the service creates keys.',
  403: 'Use a key that allows this. The operator of the service creates keys.',
};

/** The option that sets a field, where their names differ. */
const OPTIONS: Record<string, string> = {
  coordinator_id: '--coordinator',
  activity_date: '--date',
  duration_minutes: '--duration',
  mentor_ids: 'the mentors',
  error_codes: '--code',
  override_mentor_ids: '--override-only',
  plan: '--plan',
};

/** Turns an error into an exit code and its messages. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UsageError) return simple(EXIT.refused, error.message);
  if (error instanceof ServiceUnreachable) return simple(EXIT.unreachable, error.message);
  if (!(error instanceof ApiProblem)) return simple(EXIT.defect, defectOf(error));
  const { message, status, type, errors } = error;
  return {
    exitCode: exitCodeOf(status),
    lines: [
      `Error: ${visible(message)}`,
      ...errors.map((fieldError) => `  ${visible(fieldErrorLine(fieldError))}`),
      ...(ADVICE[status] === undefined ? [] : [ADVICE[status]]),
    ],
    document: { error: { message, status, type, errors } },
  };
}

function simple(exitCode: ExitCode, message: string): Failure {
  return { exitCode, lines: [`Error: ${message}`], document: { error: { message } } };
}

function defectOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function exitCodeOf(status: number): ExitCode {
  if (REFUSED.includes(status)) return EXIT.refused;
  if (NOT_POSSIBLE.includes(status)) return EXIT.notPossible;
  return EXIT.unreachable;
}

function fieldErrorLine({ pointer, parameter, header, detail }: FieldError): string {
  const field = pointer?.replace(/^#\/?/, '') ?? parameter ?? header ?? '';
  const option = OPTIONS[field.split('/')[0] ?? ''];
  return `${field}${option ? ` (${option})` : ''}: ${detail}`;
}
