import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@bulk/embedded';

/** Small enough to be filled, large enough for a round. */
const DISK_MIB = 1_536;

export type PostgresServer = Awaited<ReturnType<typeof startPostgres>>;

/** The suite's own PostgreSQL, with fsync as in production, on a small disk of its own if one can be mounted. */
export async function startPostgres(dir: string) {
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
    /** null: no disk of its own, so that none can be filled. */
    disk,
    /** As at a planned restart: ends sessions and writes everything to disk. */
    async stop() {
      await server?.stop();
      server = null;
    },
    /** The next start recovers from the log. */
    crash() {
      server?.kill();
      server = null;
    },
    async start() {
      server ??= await launch(port);
    },
    /** `keep`: its data stays in the folder, to be looked at. */
    async destroy({ keep }: { keep: boolean }) {
      await server?.stop();
      if (disk === null) return;
      if (keep) execFileSync('cp', ['-a', dataDir, join(dir, 'postgres-data')]);
      unmount();
    },
    /** For the last moment of the process. */
    abandon() {
      server?.kill();
      unmount();
    },
  };
}

/** More room than this is filled at once by those who write. */
const MAX_ROOM_KIB = 8_192;

/** A tmpfs. Root can shrink it to what it holds, which fills it in an instant. null: this user may not mount. */
function mountSmallDisk(home: string) {
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
      // A size below what it holds by then is refused: more may have been written since `statfs`.
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
