import { expect, test } from 'vitest';
import { rateOf, remainingMs, type Sample, withSample } from './rate.ts';

const sampled = (...points: [atMs: number, processed: number, attempt?: number][]): Sample[] =>
  points.reduce<Sample[]>(
    (samples, [atMs, processed, attempt = 1]) => withSample(samples, { atMs, processed, attempt }),
    [],
  );

test('the rate is that of the last five seconds', () => {
  expect(rateOf(sampled([0, 0], [1_000, 300]))).toBe(300);
  expect(rateOf(sampled([0, 0], [1_000, 9_000], [3_000, 9_100], [6_000, 9_500]))).toBe(100);
  expect(rateOf(sampled([0, 0], [3_000, 1]))).toBe(0.3);
});

test('what stands still has the rate 0, and no end', () => {
  const rate = rateOf(sampled([0, 50], [4_000, 50]));
  expect([rate, remainingMs(rate, 10)]).toEqual([0, null]);
});

test('nothing is known in the first second, after a long silence, and at the beginning of a retry', () => {
  expect(rateOf([])).toBeNull();
  expect(rateOf(sampled([0, 50], [999, 100]))).toBeNull();
  expect(rateOf(sampled([0, 50], [60_000, 90]))).toBeNull();
  expect(rateOf(sampled([0, 50], [1_000, 100], [1_250, 90, 2]))).toBeNull();
  expect(remainingMs(null, 10)).toBeNull();
});

test('what is left takes its time at this rate', () => {
  expect(remainingMs(300, 900)).toBe(3_000);
});

test('a database that was restored to an earlier state makes no negative rate', () => {
  expect(rateOf(sampled([0, 50], [1_000, 100], [2_000, 20], [3_500, 50]))).toBe(20);
});
