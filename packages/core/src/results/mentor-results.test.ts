import type { RegistrationStatus } from '@bulk/contract';
import { expect, test } from 'vitest';
import { mentorIdsOf, mentorResults, type Range } from './mentor-results.ts';
import type { StoredBatch } from './stored-batches.ts';

/** A batch of the mentors at some positions; `m-1` is at position 1. Not written, unless `results` say so. */
function batch(attempt: number, positions: number[], results: Partial<StoredBatch> = {}): StoredBatch {
  const [first = 0, last = 0] = [positions[0], positions.at(-1)];
  return {
    attempt,
    batchNo: 0,
    first,
    last,
    positions: last - first === positions.length - 1 ? null : positions,
    mentorIds: attempt === 1 ? positions.map((position) => `m-${position}`) : null,
    activityIds: null,
    errorCodes: null,
    isUndo: false,
    ...results,
  };
}

const success = (firstId: number): Partial<StoredBatch> => ({ activityIds: [firstId], errorCodes: [''] });
const DUPLICATES: Partial<StoredBatch> = { activityIds: [0], errorCodes: ['duplicate'] };
const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const statuses = (status: RegistrationStatus, batches: StoredBatch[], last = 3) =>
  resultsOf(status, batches, { first: 1, last }).map((result) => result.status);

/** Of the attempt of the last batch. */
const resultsOf = (status: RegistrationStatus, batches: StoredBatch[], pages: Range) =>
  mentorResults({ status, attempt: batches.at(-1)?.attempt ?? 1 }, batches, pages);

test('each mentor has the result at its position', () => {
  const batches = [
    batch(1, [1, 2], { activityIds: [10, 0], errorCodes: ['', 'duplicate'] }),
    batch(1, [3], success(12)),
  ];
  expect(resultsOf('completed', batches, { first: 1, last: 3 })).toEqual([
    { mentor_id: 'm-1', activity_id: 'pa-010', status: 'success' },
    {
      mentor_id: 'm-2',
      activity_id: null,
      status: 'failed',
      error: { code: 'duplicate', message: 'The mentor already has this activity on this date.' },
    },
    { mentor_id: 'm-3', activity_id: 'pa-012', status: 'success' },
  ]);
  expect(mentorIdsOf(batches, 9)).toEqual(['m-1', 'm-2', 'm-3']);
  expect(mentorIdsOf(batches, 2)).toEqual(['m-1', 'm-2']);
});

test('a mentor of a batch that is not written is pending, or cancelled with the registration', () => {
  const batches = [batch(1, [1]), batch(1, [2], success(5)), batch(1, [3])];
  expect(statuses('processing', batches)).toEqual(['pending', 'success', 'pending']);
  expect(statuses('cancelled', batches)).toEqual(['cancelled', 'success', 'cancelled']);
});

test('a failed mentor of a retry is pending until that retry has a result', () => {
  const first = batch(1, [1, 2, 3], { activityIds: [5, 0, 0], errorCodes: ['', 'duplicate', 'duplicate'] });
  expect(statuses('processing', [first, batch(2, [2])])).toEqual(['success', 'pending', 'failed']);
  expect(statuses('cancelled', [first, batch(2, [2])])).toEqual(['success', 'cancelled', 'failed']);
  expect(statuses('completed', [first, batch(2, [2], success(9))])).toEqual(['success', 'success', 'failed']);
});

test('an undo that is processing has pending mentors, and one that was cancelled leaves them what they were', () => {
  const first = batch(1, [1, 2, 3], { activityIds: [5, 6, 7], errorCodes: ['', '', ''] });
  const undone = batch(2, [1], { activityIds: [0], errorCodes: ['undone'], isUndo: true });
  const rest = batch(2, [2, 3], { isUndo: true });
  expect(statuses('processing', [first, undone, rest])).toEqual(['undone', 'pending', 'pending']);
  expect(statuses('cancelled', [first, undone, rest])).toEqual(['undone', 'success', 'success']);
});

test('a mentor whom an earlier cancel left without a result stays cancelled during and after an undo', () => {
  const first = [batch(1, [1], success(5)), batch(1, [2])];
  const undo = (results: Partial<StoredBatch>) => [...first, batch(2, [1], { isUndo: true, ...results })];
  expect(statuses('processing', undo({}), 2)).toEqual(['pending', 'cancelled']);
  const undone: Partial<StoredBatch> = { activityIds: [0], errorCodes: ['undone'] };
  expect(statuses('undone', undo(undone), 2)).toEqual(['undone', 'cancelled']);
});

test('an activity that an undo kept is named with the reason, unless it is gone', () => {
  const kept = batch(1, [1, 2, 3], {
    activityIds: [5, 6, 7],
    errorCodes: ['activity_changed', 'activity_gone', 'delete_refused'],
  });
  expect(resultsOf('undone', [kept], { first: 1, last: 3 })).toMatchObject([
    { status: 'kept', activity_id: 'pa-005', error: { code: 'activity_changed' } },
    { status: 'kept', activity_id: null, error: { code: 'activity_gone' } },
    { status: 'kept', activity_id: 'pa-007', error: { code: 'delete_refused' } },
  ]);
});

test('a value that is left out goes on from the first one', () => {
  const all = { first: 1, last: 4 };
  const short = [batch(1, range(1, 4), success(10))];
  const long = [batch(1, range(1, 4), { activityIds: [10, 11, 12, 13], errorCodes: ['', '', '', ''] })];
  expect(resultsOf('completed', short, all)).toEqual(resultsOf('completed', long, all));
  expect(statuses('failed', [batch(1, range(1, 4), DUPLICATES)], 4)).toEqual(Array(4).fill('failed'));
});

test('ranges of any size make up the whole, through retries of some', () => {
  const first = [
    batch(1, range(1, 7), success(101)),
    batch(1, range(8, 14), DUPLICATES),
    batch(1, [15], DUPLICATES),
    batch(1, range(16, 23), success(116)),
  ];
  const retries = [
    batch(2, [8, 10], DUPLICATES),
    batch(2, range(12, 13), success(112)),
    batch(3, [10], success(110)),
    batch(3, [11, 15]),
  ];
  for (const batches of [first, [...first, ...retries]]) {
    const whole = resultsOf('processing', batches, { first: 1, last: 23 });
    expect(whole).toHaveLength(23);
    for (let size = 1; size <= 24; size += 1) {
      const pages = range(0, Math.ceil(23 / size) - 1).map((page) => ({
        first: page * size + 1,
        last: Math.min((page + 1) * size, 23),
      }));
      expect(pages.flatMap((page) => resultsOf('processing', batches, page))).toEqual(whole);
    }
    expect(resultsOf('processing', batches, { first: 9, last: 12 })).toEqual(whole.slice(8, 12));
  }
});
