import { AppError, type Deps } from '@bulk/core';
import underPressure from '@fastify/under-pressure';
import type { App } from '../fastify-app.ts';

/** Refuses requests of this scope while the process has more to do than it can, so that what it has begun is answered. */
export async function addLoadShedding(scope: App, { config }: Pick<Deps, 'config'>): Promise<void> {
  await scope.register(underPressure, {
    maxEventLoopDelay: config.maxEventLoopDelayMs,
    pressureHandler: async () => {
      throw new AppError('unavailable', 'The service has too much to do.', { retryAfterSeconds: 2 });
    },
  });
}
