import { expect, test } from 'vitest';
import { type LedgerBatch, mentorResultSlices, mentorResults, type ResultSource } from './results.ts';

const entry = (
  attempt: number,
  results: [position: number, activityId: number, code: '' | 'duplicate'][],
): LedgerBatch => ({
  attempt,
  count: results.length,
  positions: results.map(([position]) => position),
  activityIds: results.map(([, activityId]) => activityId),
  errorCodes: results.map(([, , code]) => code),
});

const source = (fields: Partial<ResultSource>): ResultSource => ({
  status: 'processing',
  attempt: 1,
  mentorIds: ['a', 'b', 'c'],
  workPositions: null,
  batches: [],
  ...fields,
});

const statuses = (fields: Partial<ResultSource>) =>
  mentorResults(source(fields)).map((result) => result.status);

test('results keep the order of the mentors, whatever the order of the batches', () => {
  const batches = [
    entry(1, [[3, 12, '']]),
    entry(1, [
      [1, 10, ''],
      [2, 0, 'duplicate'],
    ]),
  ];
  expect(mentorResults(source({ status: 'completed', batches }))).toEqual([
    { mentor_id: 'a', activity_id: 'pa-010', status: 'success' },
    {
      mentor_id: 'b',
      activity_id: null,
      status: 'failed',
      error: { code: 'duplicate', message: 'The mentor already has this activity on this date.' },
    },
    { mentor_id: 'c', activity_id: 'pa-012', status: 'success' },
  ]);
});

test('a mentor without a result is pending, or cancelled with the registration', () => {
  const batches = [entry(1, [[2, 5, '']])];
  expect(statuses({ batches })).toEqual(['pending', 'success', 'pending']);
  expect(statuses({ batches, status: 'cancelled' })).toEqual(['cancelled', 'success', 'cancelled']);
});

test('a failed mentor on the work list of a retry is pending until that retry has a result', () => {
  const first = entry(1, [
    [1, 5, ''],
    [2, 0, 'duplicate'],
    [3, 0, 'duplicate'],
  ]);
  const retry = { attempt: 2, workPositions: [2] };
  expect(statuses({ ...retry, batches: [first] })).toEqual(['success', 'pending', 'failed']);
  expect(statuses({ ...retry, status: 'cancelled', batches: [first] })).toEqual([
    'success',
    'cancelled',
    'failed',
  ]);
  expect(statuses({ ...retry, batches: [first, entry(2, [[2, 9, '']])] })).toEqual([
    'success',
    'success',
    'failed',
  ]);
});

test('some mentors in a row have the results that they have among all', () => {
  const first = entry(1, [
    [1, 5, ''],
    [2, 0, 'duplicate'],
    [3, 0, 'duplicate'],
  ]);
  const retry = { attempt: 2, workPositions: [1, 3], batches: [first, entry(2, [[1, 7, '']])] };
  const all = mentorResults(source(retry));
  expect(mentorResults(source({ ...retry, mentorIds: ['b', 'c'], firstPosition: 2 }))).toEqual(all.slice(1));
});

test('what an array leaves out goes on from its first value', () => {
  const mentorIds = ['a', 'b', 'c', 'd'];
  const spelledOut = { positions: [2, 3, 4], activityIds: [10, 11, 12], errorCodes: ['', '', ''] as const };
  const short = { positions: [2], activityIds: [10], errorCodes: [''] as const };
  const [whole, left] = [spelledOut, short].map((arrays) =>
    mentorResults(source({ mentorIds, batches: [{ attempt: 1, count: 3, ...arrays }] })),
  );
  expect(left).toEqual(whole);
  expect(left?.map(({ activity_id }) => activity_id)).toEqual([null, 'pa-010', 'pa-011', 'pa-012']);

  const failed = { positions: [1], activityIds: [0], errorCodes: ['duplicate'] as const };
  expect(statuses({ mentorIds, batches: [{ attempt: 1, count: 4, ...failed }] })).toEqual(
    Array(4).fill('failed'),
  );
});

test('slices of any size make up the whole, through retries of some', () => {
  const mentorIds = Array.from({ length: 23 }, (_, index) => `m-${index + 1}`);
  const failed = (attempt: number, positions: number[]): LedgerBatch => ({
    attempt,
    count: positions.length,
    positions,
    activityIds: [0],
    errorCodes: ['duplicate'],
  });
  const written = (attempt: number, first: number, count: number): LedgerBatch => ({
    attempt,
    count,
    positions: [first],
    activityIds: [100 + first],
    errorCodes: [''],
  });
  const batches = [
    written(1, 1, 7),
    failed(1, [8, 9, 10, 11, 12, 13, 14]),
    failed(1, [15]),
    written(1, 16, 8),
    failed(2, [8, 10]),
    written(2, 12, 2),
    written(3, 10, 1),
  ];
  const retried = source({ mentorIds, batches, attempt: 3, workPositions: [8, 10, 15] });
  for (const of of [retried, { ...retried, attempt: 1, workPositions: null, batches: batches.slice(0, 3) }]) {
    for (let size = 1; size <= 24; size += 1) {
      expect([...mentorResultSlices(of, size)].flat()).toEqual(mentorResults(of));
    }
  }
});
