import type { RegistrationState } from '@bulk/client';
import { expect, test } from 'vitest';
import { progressLine } from './progress-line.ts';

const NOW = Date.parse('2026-03-28T08:00:00Z');
const running: RegistrationState = {
  id: 'bulk-002',
  status: 'processing',
  mentor_count: 100_000,
  success_count: 61_980,
  undone_count: 0,
  kept_count: 0,
  failure_count: 20,
  retry_count: 0,
  updated_at: '2026-03-28T08:00:00Z',
  completed_at: null,
  progress: { processed: 62_000, pending: 38_000, percent: 62, started_at: '2026-03-28T07:59:55Z' },
  rate: 12_345.6,
  estimated_end: '2026-03-28T08:00:02.500Z',
  waiting_ahead: 0,
  transient_error: null,
  waiting_reason: null,
};
const line = (state: Partial<RegistrationState>, { width = 200, hasBar = false } = {}) =>
  progressLine({ ...running, ...state }, { width, hasBar }, NOW);

test('how far, how fast, how long', () => {
  expect(line({})).toBe('bulk-002   62 %  62,000 of 100,000  20 failed  12,346/s  3 s left');
});

test('a bar that is full at 100 % only', () => {
  expect(line({}, { hasBar: true })).toContain('  ████████████░░░░░░░░  ');
  const almost = { ...running.progress, percent: 99 };
  expect(line({ progress: almost }, { hasBar: true })).toContain('█░  ');
});

test('without a rate, as while polling, nothing is said about it', () => {
  expect(line({ rate: null, estimated_end: null })).toBe('bulk-002   62 %  62,000 of 100,000  20 failed');
});

test.each([
  ['2026-03-28T07:59:00Z', '0 s left'],
  ['2026-03-28T08:01:29Z', '89 s left'],
  ['2026-03-28T08:01:31Z', '2 min left'],
  ['2026-03-28T10:00:00Z', '2 h left'],
])('an end at %s is %s', (estimated_end, left) => {
  expect(line({ estimated_end })).toContain(left);
});

test('what keeps it from moving is said instead', () => {
  const transient_error = { since: '2026-03-28T08:00:00Z', code: 'database_busy', message: 'Busy.' } as const;
  expect(line({ transient_error })).toMatch(/ {2}transient error: Busy\.$/);
  const notBegun = { processed: 0, pending: 100_000, percent: 0, started_at: null };
  expect(line({ progress: notBegun, waiting_ahead: 3 })).toMatch(/ {2}3 ahead in the queue$/);
});

test('at its end the status', () => {
  expect(line({ status: 'cancelled' })).toMatch(/ {2}cancelled$/);
});

test('never wider than the terminal', () => {
  expect(line({}, { width: 30, hasBar: true })).toHaveLength(30);
});
