import { type Config, createLogger, createMetrics, type Deps, loadConfig } from '@bulk/core';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

/**
 * The app for requests that must be answered before anything is stored or added to the queue: touching the
 * database or the queue fails the request with a 500.
 */
export async function buildRefusingApp(settings: Partial<Config> = {}): Promise<App> {
  const config = {
    ...loadConfig({ DATABASE_URL: 'postgresql://localhost/none', LOG_LEVEL: 'silent' }),
    maxEventLoopDelayMs: 60_000,
    ...settings,
  };
  const log = createLogger(config, { name: 'api' });
  const app = await buildApp({
    config,
    log,
    db: untouchable<Deps['db']>(),
    queue: untouchable<Deps['queue']>(),
    metrics: createMetrics('api'),
    tracing: null,
  });
  await app.ready();
  return app;
}

function untouchable<T extends object>(): T {
  return new Proxy({} as T, {
    get(_, name) {
      if (name === 'dashboardQueues') return () => [];
      throw new Error(`${String(name)} was reached`);
    },
  });
}
