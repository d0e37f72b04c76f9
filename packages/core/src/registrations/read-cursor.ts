import { AppError } from '../errors.ts';

/** @throws AppError `validation` for a cursor that is none of ours */
export function readCursor<T>(after: string, parse: (text: string) => T | null): T {
  const cursor = parse(after);
  if (cursor !== null) return cursor;
  const detail = 'must be the next_cursor of an earlier answer';
  throw new AppError('validation', `after ${detail}`, {
    fieldErrors: [{ parameter: 'after', code: 'wrong_format', detail }],
  });
}
