import type { FieldError, ProblemCode } from '@bulk/contract';

export interface AppErrorOptions {
  cause?: unknown;
  /** The errors of a request, each with the field it is about. */
  fieldErrors?: readonly FieldError[];
  /** When trying again may help, in seconds. */
  retryAfterSeconds?: number;
}

/** A failure with an answer: its code is a row of the contract's table, its message the problem's detail. */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly fieldErrors: readonly FieldError[];
  readonly retryAfterSeconds: number | null;

  constructor(code: ProblemCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.fieldErrors = options.fieldErrors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
