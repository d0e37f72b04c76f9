import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@bulk/embedded';

/** Small enough to be filled, large enough for a round. */
const DISK_MIB = 1_536;

/** The suite's own PostgreSQL, with fsync as in production, on a small disk of its own where that can be had. */
export interface PostgresServer {
  readonly port: number;
  readonly url: string;
  /** null: no disk of its own, so that none can be filled. */
  readonly disk: SmallDisk | null;
  /** As at a planned restart: sessions are ended, all is written down. */
  stop(): Promise<void>;
  /** As at a crash: the next start recovers from the log. */
  crash(): void;
  start(): Promise<void>;
  /** `keep`: its data stays in the folder, to be looked at. */
  destroy(options: { keep: boolean }): Promise<void>;
  /** For the last moment of the process. */
  abandon(): void;
}

export interface SmallDisk {
  fill(): void;
  free(): void;
}

export async function startPostgres(dir: string): Promise<PostgresServer> {
  const home = join(dir, 'postgres');
  mkdirSync(home);
  chmodSync(home, 0o755);
  const disk = mountSmallDisk(home);
  const dataDir = join(home, 'data');
  const launch = (port?: number) =>
    startEmbeddedPostgres({ dataDir, log: () => {}, durable: true, ...(port && { port }) });

  const unmount = () => {
    if (disk !== null) execFileSync('umount', ['-l', home], quiet);
  };

  let server: EmbeddedPostgres | null = await launch();
  const { url } = server;
  const port = Number(new URL(url).port);
  return {
    port,
    url,
    disk,
    async stop() {
      await server?.stop();
      server = null;
    },
    crash() {
      server?.kill();
      server = null;
    },
    async start() {
      server ??= await launch(port);
    },
    async destroy({ keep }) {
      await server?.stop();
      if (disk === null) return;
      if (keep) execFileSync('cp', ['-a', dataDir, join(dir, 'postgres-data')]);
      unmount();
    },
    abandon() {
      server?.kill();
      unmount();
    },
  };
}

/** Filled in an instant by those who write. */
const MAX_ROOM_KIB = 8_192;

/** A tmpfs, which root can shrink to what it holds, and so fill, in an instant. */
function mountSmallDisk(home: string): SmallDisk | null {
  const mount = (options: string) =>
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home], quiet);
  const resize = (size: string) => execFileSync('mount', ['-o', `remount,size=${size}`, home], quiet);
  try {
    mount(`size=${DISK_MIB}m,mode=755`);
  } catch {
    return null;
  }
  return {
    fill() {
      // Less than it holds by then is refused: more may have been written since it was asked.
      for (let roomKib = 64; ; roomKib *= 2) {
        const { bsize, blocks, bavail } = statfsSync(home);
        try {
          resize(`${((blocks - bavail) * bsize) / 1024 + roomKib}k`);
          return;
        } catch (error) {
          if (roomKib > MAX_ROOM_KIB) throw error;
        }
      }
    },
    free: () => void resize(`${DISK_MIB}m`),
  };
}

const quiet = { stdio: 'ignore' } as const;
