import { expect, test } from 'vitest';
import { ago, calendarDay, counted, duration } from './format.ts';

test('counts carry their separators, and their nouns a plural', () => {
  expect(counted(1, 'mentor')).toBe('1 mentor');
  expect(counted(100_000, 'mentor')).toBe('100,000 mentors');
});

test('a calendar day stays that day in every time zone', () => {
  expect(calendarDay('2026-03-28')).toBe('28 Mar 2026');
});

test.each([
  [0, '1 s'],
  [59_400, '59 s'],
  [75_000, '1 min 15 s'],
  [3_600_000, '1 h 0 min'],
])('%i ms take %s', (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  ['2026-03-28T11:59:30Z', 'just now'],
  ['2026-03-28T11:58:00Z', '2 minutes ago'],
  ['2026-03-28T09:00:00Z', '3 hours ago'],
  ['2026-03-20T09:00:00Z', '20 Mar 2026'],
])('%s was %s', (timestamp, text) => expect(ago(timestamp, Date.parse('2026-03-28T12:00:00Z'))).toBe(text));
