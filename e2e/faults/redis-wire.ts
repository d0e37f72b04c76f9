import type { WireTap } from './interception.ts';

/** Message ids as core makes them: registration, attempt, ring. */
const MESSAGE_ID = /bulk-\d+\.\d+\.\d+/;

/** On the API's connection to Redis only rings carry a message id. Replies are not told apart. */
export function tapRedis(): WireTap<'ring'> {
  return {
    request: (chunk) => (MESSAGE_ID.test(chunk.toString('latin1')) ? 'ring' : null),
    reply: () => 'done',
  };
}
