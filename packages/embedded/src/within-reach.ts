import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { findClosedTo, type ServerUser } from './server-user.ts';

/** Open to every user, as a project below /root is not. */
const SHELTER = '/var/lib/bulk-registrations';

export interface Places {
  readonly binaries: Binaries;
  readonly dataDir: string;
}

/**
 * Root's server runs as another user, who can't reach a project below /root or in a folder made by
 * mkdtemp. Opening such a folder is not ours to do: the programs and the data go elsewhere then.
 */
export async function moveWithinReach(
  user: ServerUser | null,
  { binaries, dataDir }: Places,
  log: (line: string) => void,
): Promise<Places> {
  if (user === null) return { binaries, dataDir };
  const closed = findClosedTo(user, dirname(dataDir));
  if (closed !== null)
    log(`PostgreSQL's user may not enter ${closed}, so the data is in ${shelterOf(dataDir)}`);
  return {
    binaries: findClosedTo(user, binaries.postgres) === null ? binaries : await copyBinaries(user, binaries),
    dataDir: closed === null ? dataDir : await makeShelter(shelterOf(dataDir)),
  };
}

/** One for each project. */
function shelterOf(dataDir: string): string {
  const id = createHash('sha256').update(dataDir).digest('hex').slice(0, 8);
  return join(SHELTER, `${basename(dataDir)}-${id}`);
}

async function makeShelter(path: string): Promise<string> {
  await mkdir(SHELTER, { recursive: true });
  await chmod(SHELTER, 0o755); // whatever the umask
  return path;
}

/** About 60 MB, once for each version: it is part of the path that the package manager made. */
async function copyBinaries(user: ServerUser, { initdb, postgres }: Binaries): Promise<Binaries> {
  const native = dirname(dirname(postgres));
  const copy = await makeShelter(shelterOf(native));
  if (!existsSync(copy)) {
    const stage = `${copy}.new-${process.pid}`;
    await cp(native, stage, { recursive: true, verbatimSymlinks: true });
    for (const entry of await readdir(stage, { recursive: true, withFileTypes: true })) {
      if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
    }
    await chown(stage, user.uid, user.gid);
    await rename(stage, copy).catch(() => rm(stage, { recursive: true })); // someone else was faster
  }
  return { initdb: join(copy, 'bin', basename(initdb)), postgres: join(copy, 'bin', basename(postgres)) };
}
