import { classifySqlFailure, isSequenceBehind } from './database/sql-failure.ts';
import { AppError } from './errors.ts';

/** Makes the answer to a transient error: try again shortly. null for any other error. */
export function toAppError(error: unknown): AppError | null {
  const failure = classifySqlFailure(error);
  if (failure.kind !== 'transient') return null;
  if (failure.code === 'internal' && !isSequenceBehind(error)) return null;
  return new AppError('unavailable', 'Please try again shortly.', { cause: error, retryAfterSeconds: 2 });
}
