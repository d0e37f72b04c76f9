import type { Config } from './config.ts';
import type { Database } from './db/client.ts';
import type { Logger } from './log.ts';
import type { RegistrationQueue } from './queue/registration-queue.ts';

/** What a use case works with, built once in the entry file of a program. */
export interface Deps {
  db: Database;
  queue: RegistrationQueue;
  config: Config;
  log: Logger;
}
