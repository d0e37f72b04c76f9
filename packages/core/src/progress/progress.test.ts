import { expect, test } from 'vitest';
import { progressOf } from './progress.ts';

const counts = {
  mentorCount: 1_000,
  successCount: 0,
  failureCount: 0,
  undoneCount: 0,
  keptCount: 0,
  startedAt: null,
};

test('nothing is processed before the first batch', () => {
  expect(progressOf(counts)).toEqual({ processed: 0, pending: 1_000, percent: 0, started_at: null });
});

test('failures and what is undone are processed like successes, and the percentage is rounded down', () => {
  const startedAt = new Date('2026-03-28T08:00:00Z');
  expect(progressOf({ ...counts, successCount: 990, failureCount: 9, startedAt })).toEqual({
    processed: 999,
    pending: 1,
    percent: 99,
    started_at: '2026-03-28T08:00:00.000Z',
  });
  expect(progressOf({ ...counts, failureCount: 1, undoneCount: 990, keptCount: 8 })).toMatchObject({
    processed: 999,
    percent: 99,
  });
  expect(progressOf({ ...counts, failureCount: 1_000 })).toMatchObject({ pending: 0, percent: 100 });
});
