import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '@bulk/embedded';
import pg from 'pg';
import { inject } from 'vitest';
import { examine } from '../doctor/examine.ts';
import type { Finding } from '../doctor/finding.ts';
import { migrate } from '../migrate.ts';
import './provided-context.ts';

/** What a test says of a finding: its severity and what is wrong. */
export type Found = [severity: Finding['severity'], what: string];

/** A PostgreSQL of its own, whose settings a test may change, with the tables of the service. */
export async function startInstallation(settings: Record<string, string> = {}) {
  const dataDir = join(await mkdtemp(join(inject('tempDir'), 'doctor-')), 'postgres');
  const server = await startEmbeddedPostgres({ dataDir, log: () => {} });
  const env = { DATABASE_URL: server.url, ...settings };
  await migrate({ databaseUrl: server.url, redisUrl: settings.REDIS_URL ?? null, queuePrefix: 'bulk' });
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();

  return {
    env,
    dataDir: server.dataDir,
    async query(sql: string) {
      return (await client.query(sql)).rows;
    },
    /** As the server's administrator does it. */
    async set(name: string, value: string) {
      await client.query(`alter system set ${name} = ${value}`);
      await client.query('select pg_reload_conf()');
    },
    async stop() {
      await client.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

export async function examined(
  env: Record<string, string>,
  options: { api?: number; workers?: number; now?: () => number } = {},
): Promise<Found[]> {
  const found = await examine(env, { api: 1, workers: 1, ...options });
  return found.map(({ severity, what }) => [severity, what]);
}
