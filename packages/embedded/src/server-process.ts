import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClusterOptions, SERVER_ENVIRONMENT } from './cluster.ts';

export interface ServerProcess {
  readonly pid: number;
  /** Fulfilled when the process is gone, whatever the reason. */
  readonly exited: Promise<void>;
  hasExited(): boolean;
  /** Whether somebody told it to stop: one that fails, or is killed, does not end in order. */
  endedInOrder(): boolean;
  /** Ends all sessions, writes everything down, and is back when the process is gone. */
  stop(): Promise<void>;
  /** PostgreSQL's immediate shutdown: the next start recovers. Does not wait. */
  kill(): void;
  /** The end of what it wrote to its log, also when another server has taken the log's place since. */
  lastWords(): string;
}

export function spawnServer(
  { binaries, user, dataDir, durable }: ClusterOptions,
  port: number,
): ServerProcess {
  const logFile = join(dataDir, 'server.log');
  keepOldLog(logFile);
  const log = openSync(logFile, 'w+', 0o600);
  const child = spawn(binaries.postgres, ['-D', dataDir, '-p', String(port), ...settings(durable)], {
    env: SERVER_ENVIRONMENT,
    // Out of the terminal's process group: a Ctrl-C is the launcher's business, which stops the
    // users of the server before the server.
    detached: true,
    stdio: ['ignore', log, log],
    ...user,
  });

  let lastWords: string | undefined;
  let failure = '';
  const exited = new Promise<void>((resolve) => {
    const end = () => {
      lastWords = failure || readEnd(log);
      closeSync(log);
      resolve();
    };
    child.once('exit', end);
    child.once('error', (error) => {
      failure = error.message;
      end();
    });
  });
  const hasExited = () => failure !== '' || child.exitCode !== null || child.signalCode !== null;

  return {
    pid: child.pid ?? 0,
    exited,
    hasExited,
    endedInOrder: () => child.exitCode === 0,
    lastWords: () => lastWords ?? readEnd(log),
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

function keepOldLog(logFile: string): void {
  try {
    renameSync(logFile, `${logFile}.old`);
  } catch (error) {
    // The first start has none, and of two at the same instant one has moved it already.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Ten lines at most. By position: reading on would move the place where the server writes. */
function readEnd(file: number): string {
  const { size } = fstatSync(file);
  const end = Buffer.alloc(Math.min(size, 8_192));
  readSync(file, end, 0, end.length, size - end.length);
  return end.toString().trimEnd().split('\n').slice(-10).join('\n');
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
