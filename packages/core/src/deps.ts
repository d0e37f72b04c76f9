import type { Caller } from './access/caller.ts';
import { type Config, loadConfig, readEnvironment, refuseOpenAddress } from './config.ts';
import { createDatabase, type Database } from './database/client.ts';
import { createQueue, type RegistrationQueue } from './jobs/registration-queue.ts';
import { createLogger, type Logger } from './log.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import type { Tracing } from './tracing/tracing.ts';

/** What a use case works with, built once in the entry file of a program. */
export interface Deps {
  db: Database;
  queue: RegistrationQueue;
  config: Config;
  log: Logger;
  metrics: Metrics;
  /** null: OTEL_EXPORTER_OTLP_ENDPOINT is not set. */
  tracing: Tracing | null;
}

/** What a use case works with that somebody has asked for. */
export interface CallerDeps extends Deps {
  caller: Caller;
}

/** As `CallerDeps`, for those that only read. */
export type ReadDeps = Pick<CallerDeps, 'db' | 'caller'>;

/** Makes the deps of a route that only reads: its statements run on the replica, where there is one. */
export function readingDeps(deps: Deps): Deps {
  // An app that only describes itself has no database to ask.
  if (deps.config.databaseReplicaUrl === null) return deps;
  const { replica, prisma } = deps.db;
  return { ...deps, db: { ...deps.db, prisma: replica?.prisma ?? prisma } };
}

/**
 * Builds the deps of a program, as the environment says.
 *
 * @throws ConfigError naming every setting that is missing or wrong, or API_AUTH for an API that other machines reach
 */
export async function createDeps(name: 'api' | 'worker'): Promise<Deps> {
  const config = loadConfig(readEnvironment());
  if (name === 'api') refuseOpenAddress(config);
  const log = createLogger(config, { name });
  const tracing = config.otlpEndpoint === null ? null : await loadTracing(name);
  const db = createDatabase(config, log, { byIndex: name === 'worker' });
  const queue = createQueue(config, log, tracing?.queueTelemetry);
  return { config, log, db, queue, metrics: createMetrics(name), tracing };
}

/** Loads OpenTelemetry, which a process without traces does without. */
async function loadTracing(name: 'api' | 'worker'): Promise<Tracing> {
  const { startTracing } = await import('./tracing/start-tracing.ts');
  return startTracing(name);
}
