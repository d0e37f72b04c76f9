import { type Logger, pino } from 'pino';
import pretty from 'pino-pretty';
import type { Config } from './config.ts';

export type { Logger } from 'pino';

/**
 * Makes the log of a process, on standard output: one line each, ids as fields, never a payload. JSON, or
 * text for people where standard output is a terminal.
 */
export function createLogger(config: Pick<Config, 'logLevel'>, { name }: { name: string }): Logger {
  const options = {
    name,
    level: config.logLevel,
    redact: ['req.headers.authorization', 'req.headers.cookie', 'req.headers["idempotency-key"]'],
  };
  // In order and complete, also the last lines of a process that exits.
  const output = process.stdout.isTTY
    ? pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss', singleLine: true })
    : pino.destination({ sync: true });
  // A terminal or a pipe that is gone must not keep the process from ending.
  output.on('error', () => {});
  return pino(options, output);
}
