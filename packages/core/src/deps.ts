import { type Config, ConfigError, loadConfig, readEnvironment } from './config.ts';
import { createDatabase, type Database } from './db/client.ts';
import { createLogger, type Logger } from './log.ts';
import { createQueue, type RegistrationQueue } from './queue/registration-queue.ts';

/** What a use case works with, built once in the entry file of a program. */
export interface Deps {
  db: Database;
  queue: RegistrationQueue;
  config: Config;
  log: Logger;
}

/** As the environment says. Where that is not valid, says why and ends the program. */
export function createDeps(name: 'api' | 'worker'): Deps {
  try {
    const config = loadConfig(readEnvironment());
    const log = createLogger(config, { name });
    const db = createDatabase(config, log, { byIndex: name === 'worker' });
    return { config, log, db, queue: createQueue(config, log) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}
