import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so for root another user runs it: the one who owns the data,
 * else `postgres`, else `nobody`, who exists everywhere. null: the current user.
 */
export function chooseServerUser(dataDir: string): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  if (existsSync(dataDir)) {
    const { uid, gid } = statSync(dataDir);
    if (uid !== 0) return { uid, gid };
  }
  return findUser('postgres') ?? findUser('nobody');
}

/** The first folder on the way to `path`, or `path` itself, that the user may not enter. null: none. */
export function findClosedTo(user: ServerUser, path: string): string | null {
  const parent = dirname(path);
  const above = parent === path ? null : findClosedTo(user, parent);
  if (above !== null) return above;
  return existsSync(path) && !mayEnter(user, path) ? path : null;
}

function findUser(name: string): ServerUser | null {
  const id = (flag: string) =>
    Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
}

/** Of a program: may run it. */
function mayEnter({ uid, gid }: ServerUser, path: string): boolean {
  const stat = statSync(path);
  if (stat.uid === uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}
