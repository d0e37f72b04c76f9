/** Where a page of the list ended. */
export interface Cursor {
  createdAt: Date;
  id: bigint;
}

export function formatCursor({ createdAt, id }: Cursor): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString('base64url');
}

/** Reads what `formatCursor` makes; null for any other text. */
export function parseCursor(text: string): Cursor | null {
  const match = /^(\d{1,13})\.(\d{1,18})$/.exec(Buffer.from(text, 'base64url').toString());
  if (!match) return null;
  const cursor = { createdAt: new Date(Number(match[1])), id: BigInt(match[2] as string) };
  return formatCursor(cursor) === text ? cursor : null;
}

/** Makes the cursor after a page of results, of the 1-based position of its last mentor. */
export function formatPosition(position: number): string {
  return Buffer.from(`position ${position}`).toString('base64url');
}

/** Reads what `formatPosition` makes; null for any other text. */
export function parsePosition(text: string): number | null {
  const digits = /^position (\d{1,6})$/.exec(Buffer.from(text, 'base64url').toString())?.[1];
  if (digits === undefined) return null;
  const position = Number(digits);
  return formatPosition(position) === text ? position : null;
}
