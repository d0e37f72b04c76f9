import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readPassword } from './cluster.ts';
import { claimServer, type Ownership } from './ownership.ts';
import { isAlive, isGoneWithin, isServerOf } from './process.ts';

/** Longer than a process that lost its launcher takes to finish what it has begun. */
const DRAIN_MS = 15_000;

/**
 * Stops the server that a launcher left running when it was killed. Stopping beats reusing it:
 * what runs afterwards always has this version's programs and settings and is our own child,
 * whose end we notice, and a clean stop and start costs 0.2 s.
 *
 * @throws when a living launcher owns that server
 */
export async function stopServerLeftBehind(dataDir: string, log: (line: string) => void): Promise<void> {
  const server = await findServer(dataDir);
  if (server === null) return;
  const { pid, port } = server;
  const ownership = await claimOrphan(dataDir, pid, port);
  if (isServerOf(pid, dataDir)) {
    log(`stopping the PostgreSQL that an earlier start left behind (process ${pid})`);
    process.kill(pid, 'SIGINT');
  }
  // Not before: in between, whoever has only just started that server could take it for their own.
  await ownership?.release().catch(() => {});
  if (await isGoneWithin(pid, dataDir, 30_000)) return;
  throw new Error(
    `The PostgreSQL on ${dataDir} does not stop. End it with \`kill -QUIT ${pid}\` and start again.`,
  );
}

export function inUse(dataDir: string): Error {
  return new Error(
    `Another \`npm start\` is running on the data in ${dataDir}.\n` +
      `Use that one, or stop it first (Ctrl-C in its terminal), or set DATABASE_URL to another PostgreSQL.`,
  );
}

/**
 * A server in the middle of starting or stopping lets nobody in: then it is asked again.
 * @returns null when it is gone, or has let nobody in for long
 */
async function claimOrphan(dataDir: string, pid: number, port: number): Promise<Ownership | null> {
  const deadline = Date.now() + DRAIN_MS;
  while (isServerOf(pid, dataDir) && Date.now() < deadline) {
    const ownership = await readPassword(dataDir)
      .then((password) => claimServer(port, password))
      .catch(() => 'unreachable' as const);
    if (ownership === null) throw inUse(dataDir);
    if (ownership !== 'unreachable') return ownership;
    await delay(50);
  }
  return null;
}

/**
 * The running server of the folder. PostgreSQL itself copes with the file of a dead one, but gives
 * up when the number in it has become another process's: only then is the file removed.
 */
async function findServer(dataDir: string): Promise<{ pid: number; port: number } | null> {
  const pidFile = join(dataDir, 'postmaster.pid');
  const lines = (await readFile(pidFile, 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!pid) return null;
  if (isServerOf(pid, dataDir)) return { pid, port: Number(lines[3]) };
  if (isAlive(pid)) await rm(pidFile, { force: true });
  return null;
}
