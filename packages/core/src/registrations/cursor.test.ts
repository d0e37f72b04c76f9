import { expect, test } from 'vitest';
import { formatCursor, formatPosition, parseCursor, parsePosition } from './cursor.ts';

test('a cursor comes back as it was made', () => {
  const cursor = { createdAt: new Date(1_795_457_600_123), id: 42n };
  expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
});

test.each([
  '',
  'x',
  '1.2',
  Buffer.from('1.2.3').toString('base64url'),
  Buffer.from('-1.2').toString('base64url'),
  `${Buffer.from('1.2').toString('base64url')}=`,
])('%j is no cursor', (text) => {
  expect(parseCursor(text)).toBeNull();
});

test('a position comes back as it was made', () => {
  for (const position of [0, 1, 999, 100_000]) expect(parsePosition(formatPosition(position))).toBe(position);
});

test.each([
  '',
  'x',
  '1',
  ...['position -1', 'position 1e3', 'position 01', 'position 1000000', 'position 1 '].map(encoded),
])('%j is no position', (text) => {
  expect(parsePosition(text)).toBeNull();
});

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
