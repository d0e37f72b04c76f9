import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ENTRY_FILES = { api: '../apps/api/src/server.ts', worker: '../apps/worker/src/main.ts' };

export interface ServiceProcess {
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/**
 * Starts one of the programs as a process of its own, and is back when it says that it is ready.
 * What it writes goes where ours does, or to the given file descriptor.
 */
export async function startProcess(
  program: keyof typeof ENTRY_FILES,
  env: Record<string, string>,
  output: 'inherit' | number = 'inherit',
): Promise<ServiceProcess> {
  const entry = fileURLToPath(new URL(ENTRY_FILES[program], import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', '--conditions=@bulk/source', entry], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', output, output, 'ipc'],
  });
  const ended = endOf(child);
  await Promise.race([
    once(child, 'message'),
    ended.then((end) => {
      throw new Error(`${program} ended with ${end} before it was ready`);
    }),
  ]);
  return { kill: (signal) => void child.kill(signal), ended };
}

async function endOf(child: ChildProcess): Promise<number | NodeJS.Signals> {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}
