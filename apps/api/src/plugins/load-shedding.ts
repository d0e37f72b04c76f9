import { AppError } from '@bulk/core';
import underPressure from '@fastify/under-pressure';
import type { App } from '../fastify-app.ts';

/** What a tick of the event loop may take, as the mean of a second. A body of 100,000 mentors takes less than 100. */
const MAX_DELAY_MS = 500;

/** Refuses requests of this scope while the process has more to do than it can, so that what it has begun is answered. */
export async function addLoadShedding(scope: App): Promise<void> {
  await scope.register(underPressure, {
    maxEventLoopDelay: MAX_DELAY_MS,
    pressureHandler: async () => {
      throw new AppError('unavailable', 'The service has too much to do.', { retryAfterSeconds: 2 });
    },
  });
}
