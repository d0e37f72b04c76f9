import { execFile } from 'node:child_process';
import { appendFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Database } from '@bulk/core';
import { openPatientDatabase, waitFor } from '@bulk/core/testing';
import { startEmbeddedPostgres } from '@bulk/embedded';

const run = promisify(execFile);

/** A primary and its standby. */
export interface PostgresPair {
  /** Of the primary. */
  readonly url: string;
  readonly standbyUrl: string;
  /** Ends the primary as in a crash, and promotes the standby. @returns the URL of the new primary */
  failOver(): Promise<string>;
  stop(): Promise<void>;
  /** For the last moment of the process. */
  readonly abandon: () => void;
}

/**
 * @param prepare runs on the primary before it is copied
 * @param isSynchronous true: the standby has each commit before the client hears of it
 */
export async function startPostgresPair(
  dir: string,
  prepare: (url: string) => Promise<void>,
  { isSynchronous = true } = {},
): Promise<PostgresPair> {
  const folders = { primary: join(dir, 'primary'), standby: join(dir, 'standby') };
  const start = (dataDir: string) => startEmbeddedPostgres({ dataDir, durable: true, log: () => {} });
  const first = await start(folders.primary);
  await prepare(first.url);
  await first.stop();
  await run('cp', ['-a', folders.primary, folders.standby]);

  const primary = await start(folders.primary);
  await makeStandby(folders.standby, new URL(primary.url));
  const standby = await start(folders.standby);
  await on(primary.url, async (prisma) => {
    if (isSynchronous) await prisma.$executeRaw`alter system set synchronous_standby_names = '*'`;
    await prisma.$queryRaw`select pg_reload_conf()::text`;
    const state = isSynchronous ? 'sync' : 'async';
    const inStep = () =>
      prisma.$queryRaw<unknown[]>`select 1 from pg_stat_replication where sync_state = ${state}`;
    await waitFor(async () => (await inStep()).length === 1, { timeoutMs: 30_000 });
  });
  return {
    url: primary.url,
    standbyUrl: standby.url,
    async failOver() {
      primary.kill();
      await on(standby.url, (prisma) => prisma.$queryRaw`select pg_promote()::text`);
      return standby.url;
    },
    async stop() {
      await primary.stop();
      await standby.stop();
    },
    abandon() {
      primary.kill();
      standby.kill();
    },
  };
}

async function makeStandby(dataDir: string, { hostname, port, username, password }: URL): Promise<void> {
  const source = `host=${hostname} port=${port} user=${username} password=${password}`;
  await appendFile(join(dataDir, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  // A copy of another file, so that it belongs to the server's user.
  const signal = join(dataDir, 'standby.signal');
  await run('cp', ['-a', join(dataDir, 'PG_VERSION'), signal]);
  await truncate(signal);
}

async function on(url: string, run: (prisma: Database['prisma']) => Promise<unknown>): Promise<void> {
  const db = openPatientDatabase(url);
  try {
    await run(db.prisma);
  } finally {
    await db.close();
  }
}
