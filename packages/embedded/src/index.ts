import { mkdir, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { findBinaries } from './binaries.ts';
import { assertSameMajor, type ClusterOptions, makeClusterIfMissing, readPassword } from './cluster.ts';
import { findFreePort } from './free-port.ts';
import { stopServerLeftBehind } from './left-behind.ts';
import { chooseServerUser } from './server-user.ts';
import { superviseServer } from './supervise.ts';
import { moveWithinReach } from './within-reach.ts';

export { findFreePort };

export interface EmbeddedPostgresOptions {
  /** Made when missing. Everything else of PostgreSQL lives in it, its log and password too. */
  readonly dataDir: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly log: (line: string) => void;
  /** false loses data when the machine fails, and is faster. For tests. */
  readonly durable?: boolean;
  /** Called when the server ended and could not be started again. */
  readonly onGone?: (error: Error) => void;
}

export interface EmbeddedPostgres {
  /** Names a database `bulk`, which the migrations make. */
  readonly url: string;
  /** The one that was asked for, or another if the server's user can't reach that. */
  readonly dataDir: string;
  stop(): Promise<void>;
  /** Ends it at once, for the last moment of a process; the next start recovers the data. */
  kill(): void;
}

/**
 * A PostgreSQL that needs no installation, for trying things out and for tests.
 *
 * One launcher owns a data folder at a time. What says so is an advisory lock, held by a connection
 * to the server itself: it goes when the launcher goes, however that happens, so nothing can be
 * stale. Whoever finds a server running without an owner stops it and starts its own. Of two who
 * start at the same instant PostgreSQL lets one through.
 *
 * The server is restarted when it ends by itself, on the same port, so that programs that use it
 * find it again. It ends with the launcher even if that is killed (see watchdog.ts).
 *
 * @throws an Error in plain words: data in use, of another version, or another user's
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const { log, durable = true, onGone = () => {} } = options;
  const given = { binaries: await findBinaries(), dataDir: await absolute(options.dataDir) };
  const { binaries, dataDir } = await moveWithinReach(chooseServerUser(given.dataDir), given, log);
  const cluster: ClusterOptions = { binaries, user: chooseServerUser(dataDir), dataDir, durable };

  await makeClusterIfMissing(cluster);
  await assertSameMajor(cluster);
  await stopServerLeftBehind(dataDir, log);

  const port = options.port ?? (await findFreePort());
  const password = await readPassword(dataDir);
  const server = await superviseServer({ cluster, port, password, log, onGone });
  return { url: `postgresql://postgres:${password}@127.0.0.1:${port}/bulk`, dataDir, ...server };
}

/** Without symbolic links, as the server's command line shows it; the folder itself may be missing. */
async function absolute(path: string): Promise<string> {
  const parent = dirname(resolve(path));
  await mkdir(parent, { recursive: true });
  return join(await realpath(parent), basename(path));
}
