import { classifySqlFailure } from './db/sql-failure.ts';
import { AppError } from './errors.ts';

/** The answer to a fault that passes: try again shortly. null: it is none of those. */
export function toAppError(error: unknown): AppError | null {
  const failure = classifySqlFailure(error);
  if (failure.kind !== 'transient' || failure.reason === 'internal') return null;
  return new AppError('unavailable', 'Please try again shortly.', { cause: error, retryAfterSeconds: 2 });
}
