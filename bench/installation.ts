import { loadConfig, migrate } from '@bulk/core';
import { findFreePort } from '@bulk/embedded';
import pg from 'pg';
import { startProcess } from '../e2e/processes.ts';
import { cpuMs } from './process-cpu.ts';
import { ServiceClient } from './service-client.ts';

/** As many as one process of the service opens by default; the others get as many. */
export const POOL_SIZE = 16;

export interface InstallOptions {
  servers: { postgresUrl: string; redisUrl: string | null };
  workers: number;
  /** A file descriptor for the log of the processes. */
  logFile: number;
  nodeArgs: readonly string[];
  /** More settings. */
  settings?: Record<string, string>;
}

let count = 0;

export type Installation = Awaited<ReturnType<typeof install>>;

/** Starts the service with a database and queues of its own, in processes of its own, with default settings. */
export async function install(options: InstallOptions) {
  const { servers, logFile, nodeArgs, settings = {} } = options;
  count += 1;
  const name = `bench_${process.pid}_${count}`;
  const databaseUrl = withDatabase(servers.postgresUrl, name);
  const port = await findFreePort();
  const env = {
    DATABASE_URL: databaseUrl,
    QUEUE_PREFIX: `bench_${count}`,
    PORT: String(port),
    ...(servers.redisUrl && { REDIS_URL: servers.redisUrl }),
    ...settings,
  };
  await migrate(loadConfig(env));

  const start = (program: 'api' | 'worker', more: Record<string, string> = {}) =>
    startProcess(program, { ...env, ...more }, { isBuilt: true, output: logFile, nodeArgs });
  const startWorkers = (more: Record<string, string> = {}) =>
    Promise.all(Array.from({ length: options.workers }, () => start('worker', more)));
  let api = await start('api');
  let workers = await startWorkers();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL_SIZE });
  const baseUrl = `http://127.0.0.1:${port}`;
  const client = new ServiceClient(baseUrl, pool);

  return {
    databaseUrl,
    /** The same database for what the service is compared with. */
    pool,
    client,
    baseUrl,
    /** The settings of its processes. */
    env,
    get api() {
      return api;
    },
    get workers() {
      return workers;
    },
    /** CPU time of its processes since they began, in milliseconds. */
    cpuMs: () => [api, ...workers].reduce((sum, { pid }) => sum + cpuMs(pid), 0),
    /** A fresh process on the same port, with nothing in its memory. */
    async restartApi(more: Record<string, string> = {}) {
      await api.stop();
      api = await start('api', more);
    },
    async restartWorkers(more: Record<string, string> = {}) {
      await Promise.all(workers.map((each) => each.stop()));
      workers = await startWorkers(more);
    },
    /** Ends the processes and drops the database. */
    remove: async () => {
      await Promise.all([api, ...workers].map((each) => each.stop()));
      await client.close();
      await pool.end();
      await dropDatabase(servers.postgresUrl, name);
    },
  };
}

async function dropDatabase(url: string, name: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(url, 'postgres') });
  await admin.connect();
  await admin.query(`drop database ${name} with (force)`);
  await admin.end();
}

function withDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
