import pg from 'pg';
import { withDeadline } from '../deadline.ts';
import { redisHosts } from '../redis/redis-address.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

const ANSWER_MS = 4_000;

/** Whether the database lets us in. */
export async function reachPostgres({ config }: Context): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: config.databaseUrl,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return [];
  } catch (error) {
    return [{ severity: 'error', ...whyNoPostgres(config.databaseUrl, error as Error & { code?: string }) }];
  } finally {
    client.end().catch(() => {});
  }
}

function whyNoPostgres(databaseUrl: string, { code, message }: Error & { code?: string }) {
  const { host, pathname } = new URL(databaseUrl);
  const server = `PostgreSQL at ${host}`;
  if (code === '3D000') {
    return {
      what: `${server} has no database ${pathname.slice(1)}.`,
      do: 'Run npm run migrate, which creates it, or correct the name in DATABASE_URL.',
    };
  }
  if (code === '28P01' || code === '28000') {
    return {
      what: `${server} does not let us in: ${message}.`,
      do: 'Correct the user and the password in DATABASE_URL, or pg_hba.conf on the server.',
    };
  }
  if (code === '53300') {
    return {
      what: `${server} has no connection left.`,
      do: 'Raise max_connections, or lower DATABASE_POOL_SIZE or the number of processes.',
    };
  }
  if (code === '57P03') {
    return { what: `${server} is starting or stopping.`, do: 'Wait, and run the doctor again.' };
  }
  return {
    what: `${server} can't be reached: ${message || code}.`,
    do: 'Start it, or correct the host and the port in DATABASE_URL; a firewall may be in between.',
  };
}

/** Whether the Redis of the queue lets us in. Nothing where the queue runs on PostgreSQL. */
export async function reachRedis({ config, redis }: Context): Promise<Finding[]> {
  if (redis === null) return [];
  let failure: Error | undefined;
  redis.once('error', (error: Error) => {
    failure = error;
  });
  try {
    await withDeadline(
      redis.connect().then(() => redis.ping()),
      ANSWER_MS,
      'its answer',
    );
    return [];
  } catch (error) {
    return [{ severity: 'error', ...whyNoRedis(config.redisUrl ?? '', failure ?? (error as Error)) }];
  }
}

function whyNoRedis(redisUrl: string, { message }: Error) {
  const server = `Redis at ${redisHosts(redisUrl)}`;
  if (/NOAUTH|WRONGPASS|NOPERM/.test(message)) {
    return {
      what: `${server} does not let us in.`,
      do: 'Correct the user and the password in REDIS_URL.',
    };
  }
  if (message.startsWith('MISCONF')) {
    return {
      what: `${server} could not save its data, and takes no jobs.`,
      do: 'Read its log; the disk may be full. Until then registrations are accepted, and wait.',
    };
  }
  return {
    what: `${server} can't be reached: ${message}.`,
    do: 'Start it, or correct the host and the port in REDIS_URL. Until then registrations are accepted, and wait.',
  };
}
