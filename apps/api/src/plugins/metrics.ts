import type { Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';

/** Measures each request under the pattern of its route, so that there are as many series as routes. */
export function addHttpMetrics(app: App, { metrics }: Pick<Deps, 'metrics'>): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url;
    metrics.httpRequestSeconds.observe(
      {
        // A client chooses the method of what does not exist.
        method: route === undefined ? 'any' : request.method,
        route: route ?? 'none',
        status: reply.statusCode,
      },
      reply.elapsedTime / 1_000,
    );
  });
}
