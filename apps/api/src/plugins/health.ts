import { countWorkers, type Deps, withDeadline } from '@bulk/core';
import type { App } from '../fastify-app.ts';

const PING_MS = 2_000;

/**
 * /healthz: the process runs. /readyz: it can answer. Without its queue it can: what is accepted
 * is stored, and its job is added later; so it can without workers, and without a replica. All questions have their own deadline.
 */
export function addHealth(app: App, { db, queue }: Deps): void {
  const workersAlive = async () => ((await countWorkers(db.prisma)).alive > 0 ? 'ok' : 'none seen');
  app.get('/healthz', { schema: { hide: true }, config: { access: 'everybody' } }, async () => ({
    status: 'ok',
  }));

  app.get('/readyz', { schema: { hide: true }, config: { access: 'everybody' } }, async (_request, reply) => {
    const [database, queueWorks, workers, replica] = await Promise.all([
      works(db.ping()),
      works(queue.ping()),
      withDeadline(workersAlive(), PING_MS, 'counting workers').catch(() => 'unknown'),
      db.replica && withDeadline(db.replica.isUsed(), PING_MS, 'asking the replica').catch(() => false),
    ]);
    return reply.code(database ? 200 : 503).send({
      status: database ? 'ready' : 'unavailable',
      database: database ? 'ok' : 'unavailable',
      queue: queueWorks ? 'ok' : 'degraded',
      workers,
      ...(replica !== null && { replica: replica ? 'ok' : 'not used' }),
    });
  });
}

async function works(ping: Promise<void>): Promise<boolean> {
  return ping.then(
    () => true,
    () => false,
  );
}
