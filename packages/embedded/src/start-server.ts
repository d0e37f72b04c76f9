import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterOptions } from './cluster.ts';
import { inUse } from './left-behind.ts';
import { claimServer, type Ownership } from './ownership.ts';
import { type ServerProcess, spawnServer } from './server-process.ts';
import { watchOver } from './watchdog.ts';

export interface StartOptions {
  readonly cluster: ClusterOptions;
  readonly port: number;
  readonly password: string;
  readonly log: (line: string) => void;
}

export interface RunningServer {
  readonly exited: Promise<void>;
  stop(): Promise<void>;
  kill(): void;
}

/** After a crash the server first replays its log, and lets nobody in meanwhile. */
const START_TIMEOUT_MS = 300_000;

/** Starts the server and is back when it answers and is ours. */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const server = spawnServer(options.cluster, options.port);
  const watchdog = watchOver(server.pid, options.cluster.user);
  void server.exited.then(() => watchdog.dismiss());
  try {
    await own(server, options);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** Holds the ownership for as long as the server runs: when one session crashes, PostgreSQL ends them all. */
async function own(server: ServerProcess, options: StartOptions): Promise<void> {
  const ownership = await claim(server, options);
  ownership.onLost(() => {
    if (server.hasExited()) return;
    own(server, options).catch((error: Error) => {
      // Expected when it was lost because the server is stopping.
      if (!server.hasExited()) options.log(error.message);
    });
  });
}

async function claim(server: ServerProcess, { cluster, port, password }: StartOptions): Promise<Ownership> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  let failure: unknown;
  while (!server.hasExited() && Date.now() < deadline) {
    const ownership = await claimServer(port, password).catch((error: Error) => error);
    if (ownership === null) throw inUse(cluster.dataDir);
    if (!(ownership instanceof Error)) return ownership;
    failure = ownership;
    await Promise.race([server.exited, delay(25)]);
  }
  // Another launcher took it for one that was left behind: its own runs by now.
  if (server.endedInOrder()) throw inUse(cluster.dataDir);
  const words = server.lastWords();
  if (words.includes('lock file "postmaster.pid" already exists')) throw inUse(cluster.dataDir);
  throw new Error(`PostgreSQL does not start:\n${words}`, { cause: failure });
}
