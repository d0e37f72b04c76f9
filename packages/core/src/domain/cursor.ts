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

/** Where a page of results ended: the 1-based position of its last mentor. */
export function formatPosition(position: number): string {
  return Buffer.from(`position ${position}`).toString('base64url');
}

/** null for a text that `formatPosition` never makes. */
export function parsePosition(text: string): number | null {
  const digits = /^position (\d{1,6})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (digits === undefined) return null;
  const position = Number(digits);
  return formatPosition(position) === text ? position : null;
}
