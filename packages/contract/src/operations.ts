import { type Static, Type } from 'typebox';
import { Timestamp } from './fields.ts';
import { FAILURE_CODES } from './results.ts';
import { oneOf } from './statuses.ts';
import { Worker } from './workers.ts';

const count = (description: string) => Type.Integer({ minimum: 0, description });

export const OperationsResponse = Type.Object({
  at: { ...Timestamp, description: 'When this was read. It is read once in two seconds at most.' },
  workers: Type.Array(Worker, { description: 'Of the last day, those seen last first.' }),
  processing: Type.Object({
    count: count('Registrations that are processing; counted up to 100,000.'),
    oldest_seconds: count('How long the oldest of them has been accepted; 0 if there is none.'),
  }),
  queue: Type.Union(
    [
      Type.Object({
        is_paused: Type.Boolean({ description: 'Whether a queue is paused: no worker takes its jobs.' }),
        jobs: Type.Array(
          Type.Object({
            queue: oneOf(['first', 'rest'] as const, {
              description: 'first: the first batch of each attempt. rest: the other batches.',
            }),
            waiting: count('Jobs that wait for a worker.'),
            active: count('Jobs that a worker has.'),
            delayed: count('Jobs that wait for their next try.'),
            oldest_waiting_seconds: count('How long the job that is taken next has waited; 0 if none waits.'),
          }),
        ),
      }),
      Type.Null(),
    ],
    { description: 'null: the queue does not answer.' },
  ),
  throughput: Type.Array(
    Type.Object({ minute: Timestamp, mentor_count: count('Results that the workers wrote.') }),
    { description: 'The last 60 minutes, the oldest first. The last one is not over.' },
  ),
  failures: Type.Array(
    Type.Object({
      error_code: oneOf(FAILURE_CODES),
      count: Type.Integer({ minimum: 1, description: 'Mentors who failed with this code.' }),
    }),
    { description: 'Of the last 24 hours, the most frequent first. Also those that a retry mended.' },
  ),
});
export type OperationsResponse = Static<typeof OperationsResponse>;
