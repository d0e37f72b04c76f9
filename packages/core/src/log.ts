import { type Logger, pino } from 'pino';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/** Structured logs on standard output, one line each: ids as fields, never a payload. */
export function createLogger(config: Pick<Config, 'logLevel'>, { name }: { name: string }): Logger {
  const options = {
    name,
    level: config.logLevel,
    redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["idempotency-key"]'],
  };
  // In order and complete, also the last lines of a process that exits.
  const output = pino.destination({ sync: true });
  // A terminal or a pipe that is gone must not keep the process from ending.
  output.on('error', () => {});
  return pino(options, output);
}
