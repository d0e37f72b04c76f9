import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { TEMPLATE_DATABASE } from './template.ts';

export interface TestDatabase {
  readonly url: string;
  /** Ends all sessions and refuses new ones, as a server does that restarts. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Ends its sessions too. */
  drop(): Promise<void>;
}

/** A migrated, empty database of the caller's own, in about 0.1 s. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  // FILE_COPY is twice as fast as the default for a small database on a server without fsync.
  await administrate(`create database ${name} template ${TEMPLATE_DATABASE} strategy file_copy`);
  return {
    url: urlOf(name),
    async goAway() {
      await administrate(`alter database ${name} with allow_connections false`);
      await administrate(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
    },
    comeBack: () => administrate(`alter database ${name} with allow_connections true`),
    drop: () => administrate(`drop database ${name} with (force)`),
  };
}

async function administrate(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${database}`;
  return url.href;
}
