import { createWaitingReasonReader, type Deps, readingDeps } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { addCompression } from '../plugins/compression.ts';
import { deleteRoute } from './delete-registration.ts';
import { deliveriesRoutes } from './deliveries.ts';
import { attemptsRoute } from './get-attempts.ts';
import { eventsRoute } from './get-events.ts';
import { failuresRoute } from './get-failures.ts';
import { detailsRoute } from './get-registration.ts';
import { resultsRoute } from './get-results.ts';
import { verificationRoute } from './get-verification.ts';
import { listRoute } from './list-registrations.ts';
import { retryRoute } from './retry-registration.ts';
import { registrationIdOf } from './shared.ts';
import { submitRoute } from './submit-registration.ts';
import { undoRoute } from './undo-registration.ts';

/** The five endpoints of the contract, and what goes beyond it. */
export function registrationRoutes(deps: Deps) {
  return async (app: App): Promise<void> => {
    // Before a body is read: whatever is sent to an id that cannot be one, there is nothing there.
    app.addHook<{ Params: { id?: string } }>('onRequest', async ({ params: { id } }) => {
      if (id !== undefined) registrationIdOf({ id });
    });
    const readWaitingReason = createWaitingReasonReader(deps);
    await app.register(async (reads: App) => {
      await addCompression(reads);
      const reading = readingDeps(deps);
      listRoute(reads, reading);
      detailsRoute(reads, reading, readWaitingReason);
      resultsRoute(reads, reading);
      failuresRoute(reads, reading);
      verificationRoute(reads, reading);
      attemptsRoute(reads, reading);
    });
    submitRoute(app, deps);
    retryRoute(app, deps);
    deleteRoute(app, deps);
    eventsRoute(app, deps, readWaitingReason);
    undoRoute(app, deps);
    deliveriesRoutes(app, deps);
  };
}
