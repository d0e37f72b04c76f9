/** Where a page of the list ended. */
export interface Cursor {
  createdAtMicros: bigint;
  id: bigint;
}

export function formatCursor({ createdAtMicros, id }: Cursor): string {
  return Buffer.from(`${createdAtMicros}.${id}`).toString('base64url');
}

/** null for a text that `formatCursor` never makes. */
export function parseCursor(text: string): Cursor | null {
  const match = /^(\d{1,18})\.(\d{1,18})$/.exec(Buffer.from(text, 'base64url').toString());
  if (!match) return null;
  const cursor = { createdAtMicros: BigInt(match[1] as string), id: BigInt(match[2] as string) };
  return formatCursor(cursor) === text ? cursor : null;
}
