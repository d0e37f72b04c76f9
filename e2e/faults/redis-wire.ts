import type { WireTap } from './interception.ts';

/** Message ids as core makes them: registration, attempt, ring. */
const JOB_ID = /bulk-\d+\.\d+\.\d+/;

/** On the API's connection to Redis only rings carry a message id. Replies are not told apart. */
export function tapRedis(): WireTap<'enqueue'> {
  return {
    request: (chunk) => (JOB_ID.test(chunk.toString('latin1')) ? 'enqueue' : null),
    reply: () => 'done',
  };
}
