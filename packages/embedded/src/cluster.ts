import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Binaries } from './binaries.ts';
import { isAlive } from './process.ts';
import type { ServerUser } from './server-user.ts';

const run = promisify(execFile);

export interface ClusterOptions {
  readonly binaries: Binaries;
  readonly user: ServerUser | null;
  readonly dataDir: string;
  readonly durable: boolean;
}

/** Only what the programs need: no PG… setting of the caller, and messages in English. */
export const SERVER_ENVIRONMENT = { LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes the data folder unless there is one. It is made beside its place and moved there when
 * complete, so an interrupted or doubled start never leaves half a folder.
 */
export async function makeClusterIfMissing(options: ClusterOptions): Promise<void> {
  const { dataDir } = options;
  await removeAbandonedStages(dataDir);
  const entries = await listEntries(dataDir);
  if (entries.includes('PG_VERSION')) return;
  if (entries.length > 0) {
    throw new Error(`${dataDir} holds other files than a PostgreSQL's. Move them away and start again.`);
  }
  const stage = `${stagePrefix(dataDir)}${process.pid}-${randomBytes(4).toString('hex')}`;
  try {
    await makeCluster(options, stage);
    await rename(join(stage, 'cluster'), dataDir);
  } catch (error) {
    // Someone else was faster: theirs is as good.
    if (!['ENOTEMPTY', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

/** @throws when the data was written by another major version, which this one can't read */
export async function assertSameMajor({ binaries, dataDir }: ClusterOptions): Promise<void> {
  const written = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
  const { stdout } = await run(binaries.postgres, ['--version'], { env: SERVER_ENVIRONMENT });
  const ours = /(\d+)\.?\w*\s*$/.exec(stdout)?.[1];
  if (written === ours) return;
  throw new Error(
    `The data in ${dataDir} was written by PostgreSQL ${written}, and this is PostgreSQL ${ours}.\n` +
      `Either move that folder away to start empty (with PostgreSQL ${written} you can dump it and restore it here),\n` +
      `or set DATABASE_URL to a PostgreSQL that runs.`,
  );
}

export async function readPassword(dataDir: string): Promise<string> {
  return (await readFile(join(dataDir, 'password'), 'utf8')).trim();
}

async function makeCluster({ binaries, user, durable }: ClusterOptions, stage: string): Promise<void> {
  const passwordFile = join(stage, 'password');
  const cluster = join(stage, 'cluster');
  await mkdir(stage, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  if (user !== null) {
    await chown(stage, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const durability = durable ? [] : ['--no-sync'];
  await run(
    binaries.initdb,
    [
      `--pgdata=${cluster}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--no-instructions',
      ...durability,
    ],
    { env: SERVER_ENVIRONMENT, ...user },
  ).catch((error: Error & { stderr?: string }) => {
    throw new Error(`PostgreSQL could not make its data folder: ${error.stderr || error.message}`, {
      cause: error,
    });
  });
  await rename(passwordFile, join(cluster, 'password'));
}

function stagePrefix(dataDir: string): string {
  return `${dataDir}.new-`;
}

async function removeAbandonedStages(dataDir: string): Promise<void> {
  const parent = dirname(dataDir);
  const prefix = basename(stagePrefix(dataDir));
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue;
    await rm(join(parent, name), { recursive: true, force: true });
  }
}

async function listEntries(dataDir: string): Promise<string[]> {
  try {
    return await readdir(dataDir);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'EACCES') throw error;
    const advice = 'Start as that user, or as root, or move the folder away to start empty.';
    throw new Error(`${dataDir} belongs to another user. ${advice}`, { cause: error });
  }
}
