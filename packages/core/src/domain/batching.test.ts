import { expect, test } from 'vitest';
import { batchCount, batchPositions, openBatches, type WorkList } from './batching.ts';

const all = (mentorCount: number, batchSize: number): WorkList => ({
  positions: null,
  mentorCount,
  batchSize,
});

test('the batches of a work list cover each position once, in order', () => {
  const work = all(2_500, 1_000);
  const positions = Array.from({ length: batchCount(work) }, (_, batchNo) => batchPositions(work, batchNo));
  expect(positions.map((batch) => batch.length)).toEqual([1_000, 1_000, 500]);
  expect(positions.flat()).toEqual(Array.from({ length: 2_500 }, (_, index) => index + 1));
});

test('a chosen work list is cut by its own order, not by the mentors', () => {
  const work: WorkList = { positions: [3, 9, 10, 77], mentorCount: 100, batchSize: 3 };
  expect(batchPositions(work, 0)).toEqual([3, 9, 10]);
  expect(batchPositions(work, 1)).toEqual([77]);
});

test('a batch keeps its mentors whatever has been done', () => {
  const work = all(30, 10);
  expect(openBatches(work, new Set([0]), 10)).toEqual([1, 2]);
  expect(openBatches(work, new Set([1]), 10)).toEqual([0, 2]);
  expect(openBatches(work, new Set([0, 1, 2]), 10)).toEqual([]);
  expect(openBatches(work, new Set(), 2)).toEqual([0, 1]);
});
