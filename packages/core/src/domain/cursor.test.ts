import { expect, test } from 'vitest';
import { formatCursor, parseCursor } from './cursor.ts';

test('a cursor comes back as it was made', () => {
  const cursor = { createdAtMicros: 1_795_457_600_123_456n, id: 42n };
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
