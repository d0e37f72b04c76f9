import type { App } from '../fastify-app.ts';

/**
 * Logs requests that fail, one line each. Successful ones are logged at debug: what they change has a line of
 * its own, `accepted` and the like, and reads are many.
 */
export function addRequestLog(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = reply.statusCode < 400 ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        // Without the query: somebody may have put a key there.
        path: request.url.split('?', 1)[0]?.slice(0, 500),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request answered',
    );
  });
}
