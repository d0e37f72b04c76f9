import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { findProgram } from '../../scripts/lib/system-program.mjs';
import { accepts } from '../accepts.ts';

const SETTINGS = new URL('../../ops/pgbouncer/pgbouncer.ini', import.meta.url);

export interface PgBouncer {
  /** The same database, through PgBouncer. */
  through(databaseUrl: string): string;
  /** Ends all its connections, to clients and to PostgreSQL, and starts it again. */
  restart(): Promise<void>;
  /** Sends new connections to another server, with the same users. */
  pointTo(serverUrl: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts PgBouncer in front of a server, with the settings of ops/pgbouncer but for its addresses. */
export async function startPgBouncer(serverUrl: string): Promise<PgBouncer> {
  const server = new URL(serverUrl);
  const port = await findFreePort();
  const dir = await mkdtemp(join(tmpdir(), 'bulk-pgbouncer-'));
  // PgBouncer refuses to run as root, and must read its file as another user.
  await chmod(dir, 0o755);
  const [file, users] = [join(dir, 'pgbouncer.ini'), join(dir, 'userlist.txt')];
  await writeFile(
    users,
    `"${decodeURIComponent(server.username)}" "${decodeURIComponent(server.password)}"\n`,
  );
  const settings = await readFile(SETTINGS, 'utf8');
  await writeFile(file, localSettings(settings, { server, port, users }));
  const asUser = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const start = async () => {
    const started = spawn(findProgram(['pgbouncer']) ?? 'pgbouncer', ['-q', ...asUser, file], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await waitFor(() => accepts(port));
    return started;
  };
  let running = await start();
  return {
    through(databaseUrl) {
      const url = new URL(databaseUrl);
      url.host = `127.0.0.1:${port}`;
      return url.href;
    },
    async restart() {
      await end(running);
      running = await start();
    },
    async pointTo(url) {
      await writeFile(file, localSettings(settings, { server: new URL(url), port, users }));
      running.kill('SIGHUP');
    },
    async stop() {
      await end(running);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Any database of the test's server, whoever asks. */
function localSettings(settings: string, to: { server: URL; port: number; users: string }): string {
  return settings
    .replace(/^bulk = .*$/m, `* = host=${to.server.hostname} port=${to.server.port}`)
    .replace(/^listen_addr = .*$/m, 'listen_addr = 127.0.0.1')
    .replace(/^listen_port = .*$/m, `listen_port = ${to.port}`)
    .replace(/^auth_type = .*$/m, 'auth_type = trust')
    .replace(/^auth_file = .*$/m, `auth_file = ${to.users}`);
}

async function end(running: ChildProcess): Promise<void> {
  if (running.exitCode !== null || running.signalCode !== null) return;
  running.kill('SIGKILL');
  await once(running, 'exit');
}
