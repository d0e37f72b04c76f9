import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterOptions, SERVER_ENVIRONMENT } from './cluster.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Fulfilled when the process is gone, whatever the reason. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Ends all sessions, writes everything down, and is back when the process is gone. */
  stop(): Promise<void>;
  /** PostgreSQL's immediate shutdown: the next start recovers. Does not wait. */
  kill(): void;
  /** The end of what it wrote to its log. */
  lastWords(): string;
}

export function spawnServer(
  { binaries, user, dataDir, durable }: ClusterOptions,
  port: number,
): ServerProcess {
  const logFile = join(dataDir, 'server.log');
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.old`);
  const log = openSync(logFile, 'w', 0o600);
  const child = spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...settings(durable)], {
    env: SERVER_ENVIRONMENT,
    // Out of the terminal's process group: a Ctrl-C is the launcher's business, which stops the
    // users of the server before the server.
    detached: true,
    stdio: ['ignore', log, log],
    ...user,
  });
  closeSync(log);

  let failure = '';
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      failure = error.message;
      resolve();
    });
  });
  const hasExited = () => failure !== '' || child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid ?? 0,
    exited,
    hasExited,
    lastWords: () => failure || readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-10).join('\n'),
    kill: () => void child.kill('SIGQUIT'),
    async stop() {
      // SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one, which recovers at the next start.
      for (const [signal, graceMs] of [
        ['SIGINT', 30_000],
        ['SIGQUIT', 5_000],
        ['SIGKILL', 5_000],
      ] as const) {
        if (hasExited()) return;
        child.kill(signal);
        await Promise.race([exited, delay(graceMs, undefined, { ref: false })]);
      }
    },
  };
}

function settings(durable: boolean): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
