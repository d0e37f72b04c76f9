import type { Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';

/**
 * /healthz: the process runs. /readyz: it can answer. Without its queue it can: what is accepted
 * is stored, and its job is added later. Both pings have their own deadline.
 */
export function addHealth(app: App, { db, queue }: Deps): void {
  app.get('/healthz', { schema: { hide: true }, config: { access: 'everybody' } }, async () => ({
    status: 'ok',
  }));

  app.get('/readyz', { schema: { hide: true }, config: { access: 'everybody' } }, async (_request, reply) => {
    const [database, queueWorks] = await Promise.all([works(db.ping()), works(queue.ping())]);
    return reply.code(database ? 200 : 503).send({
      status: database ? 'ready' : 'unavailable',
      database: database ? 'ok' : 'unavailable',
      queue: queueWorks ? 'ok' : 'degraded',
    });
  });
}

async function works(ping: Promise<void>): Promise<boolean> {
  return ping.then(
    () => true,
    () => false,
  );
}
