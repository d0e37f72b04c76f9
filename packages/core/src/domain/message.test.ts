import { expect, test } from 'vitest';
import { messageId, parseMessage } from './message.ts';

test('a message names registration, attempt and ring', () => {
  expect(messageId({ registrationId: '2', attempt: 1, ring: 7 })).toBe('bulk-2.1.7');
  expect(parseMessage({ registrationId: '2', attempt: 1, ring: 7 })).toEqual({
    registrationId: '2',
    attempt: 1,
    ring: 7,
  });
});

test.each([
  null,
  'bulk-2.1.7',
  {},
  { registrationId: 2, attempt: 1, ring: 1 },
  { registrationId: '2; drop', attempt: 1, ring: 1 },
  { registrationId: '0', attempt: 1, ring: 1 },
  { registrationId: '2', attempt: '1', ring: 1 },
  { registrationId: '2', attempt: 0, ring: 1 },
  { registrationId: '2', attempt: 1, ring: 1.5 },
  { registrationId: '2', attempt: 1, ring: 2 ** 31 },
])('%j is no message', (data) => {
  expect(parseMessage(data)).toBeNull();
});
