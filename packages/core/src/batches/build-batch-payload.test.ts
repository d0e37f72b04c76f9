import { expect, test } from 'vitest';
import { buildBatchPayloads, buildRetryPayloads } from './build-batch-payload.ts';

const ids = (count: number) => Array.from({ length: count }, (_, index) => `m-${index + 1}`);

test('batches cover each mentor once, in order', () => {
  const batches = buildBatchPayloads(ids(2_500), 1_000);
  expect(batches.map(({ firstPosition, lastPosition }) => [firstPosition, lastPosition])).toEqual([
    [1, 1_000],
    [1_001, 2_000],
    [2_001, 2_500],
  ]);
  expect(batches.flatMap(({ mentorIds }) => mentorIds)).toEqual(ids(2_500));
  expect(batches.every(({ positions }) => positions === null)).toBe(true);
});

test('a retry is cut by the order of its mentors, and lists positions only where some are left out', () => {
  const mentors = [3, 9, 10, 11, 12, 77].map((position) => ({ position, mentorId: `m-${position}` }));
  expect(buildRetryPayloads(mentors, 2)).toEqual([
    { positions: [3, 9], firstPosition: 3, lastPosition: 9, mentorIds: ['m-3', 'm-9'], overrideIds: [] },
    { positions: null, firstPosition: 10, lastPosition: 11, mentorIds: ['m-10', 'm-11'], overrideIds: [] },
    {
      positions: [12, 77],
      firstPosition: 12,
      lastPosition: 77,
      mentorIds: ['m-12', 'm-77'],
      overrideIds: [],
    },
  ]);
});
