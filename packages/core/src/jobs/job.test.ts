import { expect, test } from 'vitest';
import { jobId, parseJobData } from './job.ts';

test('a job names registration, attempt and generation', () => {
  expect(jobId({ registrationId: '2', attempt: 1, generation: 7 })).toBe('bulk-2.1.7');
  expect(parseJobData({ registrationId: '2', attempt: 1, generation: 7 })).toEqual({
    registrationId: '2',
    attempt: 1,
    generation: 7,
  });
});

test.each([
  null,
  'bulk-2.1.7',
  {},
  { registrationId: 2, attempt: 1, generation: 1 },
  { registrationId: '2; drop', attempt: 1, generation: 1 },
  { registrationId: '0', attempt: 1, generation: 1 },
  { registrationId: '2', attempt: '1', generation: 1 },
  { registrationId: '2', attempt: 0, generation: 1 },
  { registrationId: '2', attempt: 1, generation: 1.5 },
  { registrationId: '2', attempt: 1, generation: 2 ** 31 },
])('%j is no message', (data) => {
  expect(parseJobData(data)).toBeNull();
});
