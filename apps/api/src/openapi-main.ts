import { createLogger, createMetrics, type Deps, loadConfig } from '@bulk/core';
import { buildApp } from './app.ts';

// Prints the OpenAPI document, for docs/openapi.json. Nothing is connected to: no route is called.
const untouched = {} as Pick<Deps, 'db' | 'queue'>;
const config = loadConfig({ DATABASE_URL: 'postgresql://localhost/none', LOG_LEVEL: 'silent' });

const app = await buildApp({
  ...untouched,
  config,
  log: createLogger(config, { name: 'openapi' }),
  metrics: createMetrics('api'),
  tracing: null,
});
await app.ready();
process.stdout.write(`${JSON.stringify(app.swagger(), null, 2)}\n`);
await app.close();
