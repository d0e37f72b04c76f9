import { spawn } from 'node:child_process';
import type { ServerUser } from './server-user.ts';

/**
 * Stops the server when this process ends without having done so, as after kill -9. A shell reads
 * from a pipe that closes with us, then asks for PostgreSQL's "smart" shutdown: programs that are
 * still finishing their work keep their connections, and the server goes when the last one is gone.
 */
export function watchOver(serverPid: number, user: ServerUser | null): { dismiss(): void } {
  const shell = spawn('/bin/sh', ['-c', 'read -r _; kill -TERM "$0"', String(serverPid)], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    ...user,
  });
  // Where there is no shell, a killed launcher leaves its server to the next start.
  shell.on('error', () => {});
  shell.stdin.on('error', () => {});
  shell.unref();
  return { dismiss: () => void shell.kill('SIGKILL') };
}
