import type { App } from '../fastify-app.ts';

/**
 * Closing waits for the requests that are being answered, and for nothing else. Browsers keep spare
 * connections open on which nothing was ever asked; Node would wait for these, too.
 */
export function addDraining(app: App): void {
  let openRequests = 0;
  let isClosing = false;

  app.addHook('onRequest', async (_request, reply) => {
    openRequests++;
    reply.raw.once('close', () => {
      openRequests--;
      closeWhenDone();
    });
  });
  app.addHook('preClose', async () => {
    isClosing = true;
    closeWhenDone();
  });

  function closeWhenDone(): void {
    if (isClosing && openRequests === 0) app.server.closeAllConnections();
  }
}
