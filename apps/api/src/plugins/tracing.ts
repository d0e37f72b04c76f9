import { BASE_PATH } from '@bulk/contract';
import type { Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';

/** Makes a span of each request to the API, if tracing is on; it goes on with the trace of the caller, if there is one. */
export async function addTracing(app: App, { tracing }: Pick<Deps, 'tracing'>): Promise<void> {
  if (tracing === null) return;
  const { FastifyOtelInstrumentation } = await import('@fastify/otel');
  const instrumentation = new FastifyOtelInstrumentation({
    // Not event streams: all later reads for all watchers would belong to the trace of the first one.
    ignorePaths: ({ url }) => !url.startsWith(BASE_PATH) || url.endsWith('/events'),
    instrumentHooks: false,
    // Their texts are in the log.
    recordExceptions: false,
    requestHook(span, { method, routeOptions }) {
      const route = routeOptions.url ?? 'none';
      span.updateName(`${method} ${route}`);
      // What a caller puts into an address may be a secret.
      span.setAttribute('url.path', route);
    },
  });
  await app.register(instrumentation.plugin());
}
