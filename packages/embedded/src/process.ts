import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/**
 * Whether the process is a PostgreSQL on this data folder. Its number alone says little: after a
 * restart of the machine it may be anyone's, and a dead child of a lazy init keeps it.
 */
export function isServerOf(pid: number, dataDir: string): boolean {
  return commandLineOf(pid).includes(dataDir);
}

/** Whether the server is gone within the time. For servers that are no children of ours. */
export async function isGoneWithin(pid: number, dataDir: string, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isServerOf(pid, dataDir)) {
    if (Date.now() > deadline) return false;
    await delay(20);
  }
  return true;
}

function commandLineOf(pid: number): string {
  try {
    if (existsSync('/proc/self/cmdline'))
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' });
  } catch {
    return '';
  }
}
