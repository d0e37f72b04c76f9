import { ConfigError, createDeps, startMetricsServer } from '@bulk/core';
import { buildApp } from './app.ts';
import { closeInOrder } from './shutdown.ts';

const deps = await createDeps('api').catch(exitIfConfigError);
const app = await buildApp(deps);
const stop = closeInOrder(app, deps);

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
// Started by another process, the service does not outlive it.
if (process.connected) process.on('disconnect', () => stop('disconnect'));
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error) => {
    deps.log.fatal({ err: error }, event);
    process.exit(1);
  });
}

await listen();
await startMetricsServer(deps).catch(exitIfConfigError);
if (deps.config.apiAuth !== 'keys')
  deps.log.warn('The API is open: whoever reaches it may do everything. API_AUTH=keys changes that.');
process.send?.('ready');

async function listen(): Promise<void> {
  const { host, port } = deps.config;
  try {
    await app.listen({ host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    console.error(`Port ${port} on ${host} is in use. Set PORT to another one, or stop what listens there.`);
    process.exit(1);
  }
}

function exitIfConfigError(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
