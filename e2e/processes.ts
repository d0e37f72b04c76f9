import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAMS = {
  api: { source: 'apps/api/src/server.ts', built: 'apps/api/dist/server.js' },
  worker: { source: 'apps/worker/src/main.ts', built: 'apps/worker/dist/main.js' },
};
const OURS = fileURLToPath(new URL('..', import.meta.url));
const FROM_SOURCE = ['--import', 'tsx', '--conditions=@bulk/source'];

export interface StartOptions {
  /** The build, as in production: it starts in half the time, and may be out of date. */
  isBuilt?: boolean;
  /** Where its output goes: to ours, or to a file descriptor. */
  output?: 'inherit' | number;
  /** Options of Node itself. */
  nodeArgs?: readonly string[];
  /** The folder of another release that is built; else ours. */
  release?: string | null;
}

export interface ServiceProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  /** Sends the signal (SIGTERM) and resolves as `ended` does. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** Starts one of the programs as a process of its own. Resolves when that says that it is ready. */
export async function startProcess(
  program: keyof typeof PROGRAMS,
  env: Record<string, string>,
  { isBuilt = false, output = 'inherit', nodeArgs = [], release = null }: StartOptions = {},
): Promise<ServiceProcess> {
  const { source, built } = PROGRAMS[program];
  const entry = join(release ?? OURS, isBuilt ? built : source);
  const child = spawn(process.execPath, [...nodeArgs, ...(isBuilt ? [] : FROM_SOURCE), entry], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  await Promise.race([
    once(child, 'message'),
    ended.then((end) => {
      throw new Error(`${program} ended with ${end} before it was ready`);
    }),
  ]);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  return { pid: child.pid ?? 0, kill: (signal) => void child.kill(signal), ended, stop };
}
