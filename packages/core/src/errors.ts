import type { Fault, ProblemCode } from '@bulk/contract';

export interface AppErrorOptions {
  cause?: unknown;
  /** The single faults of a request, each with the field it is about. */
  faults?: readonly Fault[];
  /** When trying again may help, in seconds. */
  retryAfterSeconds?: number;
}

/** A failure with an answer: its code is a row of the contract's table, its message the problem's detail. */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly faults: readonly Fault[];
  readonly retryAfterSeconds: number | null;

  constructor(code: ProblemCode, detail: string, options: AppErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.faults = options.faults ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds ?? null;
  }
}
