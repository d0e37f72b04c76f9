import { expect, test } from 'vitest';
import { formatActivityId, formatRegistrationId, parseActivityId, parseRegistrationId } from './ids.ts';

test.each([
  [1n, 'bulk-001'],
  [42n, 'bulk-042'],
  [1_000n, 'bulk-1000'],
  [2n ** 63n - 1n, 'bulk-9223372036854775807'],
])('%s is %s outside, and back', (id, text) => {
  expect(formatRegistrationId(id)).toBe(text);
  expect(parseRegistrationId(text)).toBe(id);
});

test('an activity id is padded the same way', () => {
  expect(formatActivityId(10n)).toBe('pa-010');
  expect(formatActivityId(12_345)).toBe('pa-12345');
  expect(parseActivityId('pa-010')).toBe(10n);
  for (const text of ['pa-10', 'pa-0010', 'pa-000', 'bulk-010', '010'])
    expect(parseActivityId(text)).toBeNull();
});

test.each([
  '',
  'bulk-',
  'bulk-0',
  'bulk-000',
  'bulk-1',
  'bulk-01',
  'bulk-0001',
  'bulk--01',
  'bulk-1e3',
  'bulk-001 ',
  'bulk-001\n',
  'BULK-001',
  'pa-001',
  '001',
  'bulk-٠٠١',
  'bulk-9223372036854775808',
  'bulk-99999999999999999999999',
  '__proto__',
])('%j is no id', (text) => {
  expect(parseRegistrationId(text)).toBeNull();
});
