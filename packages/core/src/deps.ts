import { type Config, loadConfig, readEnvironment } from './config.ts';
import { createDatabase, type Database } from './database/client.ts';
import { createQueue, type RegistrationQueue } from './jobs/registration-queue.ts';
import { createLogger, type Logger } from './log.ts';

/** What a use case works with, built once in the entry file of a program. */
export interface Deps {
  db: Database;
  queue: RegistrationQueue;
  config: Config;
  log: Logger;
}

/**
 * Builds the deps of a program, as the environment says.
 *
 * @throws ConfigError naming every setting that is missing or wrong
 */
export function createDeps(name: 'api' | 'worker'): Deps {
  const config = loadConfig(readEnvironment());
  const log = createLogger(config, { name });
  const db = createDatabase(config, log, { byIndex: name === 'worker' });
  return { config, log, db, queue: createQueue(config, log) };
}
