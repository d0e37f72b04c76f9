import type { App } from '../fastify-app.ts';

const QUIET = new Set(['/healthz', '/readyz']);

/** One line a request, when it is answered; none for those who ask again and again and hear nothing new. */
export function addRequestLog(app: App): void {
  app.addHook('onResponse', async (request, reply) => {
    const level = QUIET.has(request.url) || reply.statusCode === 304 ? 'debug' : 'info';
    request.log[level](
      {
        method: request.method,
        url: request.url.slice(0, 500),
        status: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime * 10) / 10,
      },
      'request answered',
    );
  });
}
