import { ConfigError, createDeps, createResultCounter, startMetricsServer, withDeadline } from '@bulk/core';
import { startHealthServer } from './health.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startSweeper } from './sweeper.ts';
import { startWebhook } from './webhook.ts';
import { CLOSE_MS, startWorkers } from './workers.ts';

const deps = await createDeps('worker').catch(exitIfConfigError);
const { config, log, tracing } = deps;
const stopping = new AbortController();

// Their order matters on the way down: nothing new, then what is at hand, then the connections.
const health =
  config.workerHealthPort === null ? null : await startHealthServer(deps, config.workerHealthPort);
await startMetricsServer(deps).catch(exitIfConfigError);
const sweeper = startSweeper(deps);
const webhook = startWebhook(deps);
const workers = startWorkers(deps, stopping.signal);
const countResults = createResultCounter(deps);
const heartbeat = startHeartbeat(deps, countResults);

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'disconnect'] as const) {
  process.on(signal, () => void shutDown(signal));
}
process.send?.('ready');
log.info({ queue: config.redisUrl ? 'redis' : 'postgresql' }, 'worker started');

async function shutDown(reason: string): Promise<void> {
  if (stopping.signal.aborted) return;
  stopping.abort();
  log.info({ reason }, 'worker stopping');
  await Promise.all(
    [heartbeat.stop(), sweeper.stop(), webhook.stop(), workers.stop()].map((stopped) =>
      stopped.catch(logAndGoOn),
    ),
  );
  await withDeadline(countResults(), CLOSE_MS, 'counting the last results').catch(logAndGoOn);
  health?.close();
  const closed = [deps.queue.close(), withDeadline(deps.db.close(), CLOSE_MS, 'closing the database')];
  if (tracing) closed.push(withDeadline(tracing.close(), CLOSE_MS, 'sending the last spans'));
  await Promise.all(closed.map((each) => each.catch(logAndGoOn)));
  log.info('worker stopped');
  process.exit(0);
}

function logAndGoOn(error: Error): void {
  log.warn({ reason: error.message }, 'while stopping');
}

function exitIfConfigError(error: unknown): never {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
