/**
 * Writes an array as PostgreSQL reads it from text, to be cast where it is used: `${textArray(ids)}::text[]`.
 * As one string it passes Prisma as it is; a JavaScript array is taken apart and put together again
 * on the way, for longer than PostgreSQL needs to write it.
 *
 * https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
export function textArray(values: readonly string[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

function quoted(value: string): string {
  return /["\\]/.test(value) ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : `"${value}"`;
}
