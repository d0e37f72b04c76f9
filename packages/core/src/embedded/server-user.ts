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

/** @throws naming the first folder on the way to `path` that the user may not enter */
export function assertMayEnter(user: ServerUser | null, path: string): void {
  if (user === null) return;
  const closed = ancestors(path).find((folder) => !mayEnter(user, folder));
  if (closed === undefined) return;
  throw new Error(
    `PostgreSQL can't run as root, so it runs as another user (${user.uid}), who may not enter ${closed}.\n` +
      `Either move this project to a folder that others may enter, such as /srv,\n` +
      `or let others pass through with \`chmod o+x ${closed}\`,\n` +
      `or set DATABASE_URL to a PostgreSQL that runs.`,
  );
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

function ancestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...ancestors(parent), parent];
}

function mayEnter({ uid, gid }: ServerUser, folder: string): boolean {
  const stat = statSync(folder);
  const bit = stat.uid === uid ? 0o100 : stat.gid === gid ? 0o010 : 0o001;
  return (stat.mode & bit) !== 0;
}
