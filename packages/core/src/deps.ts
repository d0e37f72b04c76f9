import type { Caller } from './access/caller.ts';
import { type Config, loadConfig, readEnvironment, refuseOpenAddress } from './config.ts';
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

/** What a use case works with that somebody has asked for. */
export interface CallerDeps extends Deps {
  caller: Caller;
}

/** As `CallerDeps`, for those that only read. */
export type ReadDeps = Pick<CallerDeps, 'db' | 'caller'>;

/**
 * Builds the deps of a program, as the environment says.
 *
 * @throws ConfigError naming every setting that is missing or wrong, or API_AUTH for an API that other machines reach
 */
export function createDeps(name: 'api' | 'worker'): Deps {
  const config = loadConfig(readEnvironment());
  if (name === 'api') refuseOpenAddress(config);
  const log = createLogger(config, { name });
  const db = createDatabase(config, log, { byIndex: name === 'worker' });
  return { config, log, db, queue: createQueue(config, log) };
}
