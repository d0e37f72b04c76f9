import type { WireTap } from './interception.ts';

/** Job ids as core makes them: registration, attempt, generation. */
const JOB_ID = /bulk-\d+\.\d+\.\d+/;

/** On the API's connection to Redis only what enqueues a job has a job id. Replies are not told apart. */
export const tapRedis = (): WireTap<'enqueue'> => ({
  request: (chunk) => (JOB_ID.test(chunk.toString('latin1')) ? 'enqueue' : null),
  reply: () => 'done',
});
