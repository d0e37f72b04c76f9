import type { Cluster, Redis } from 'ioredis';
import { ConfigError, loadConfig } from '../config.ts';
import { createDatabase } from '../database/client.ts';
import { withDeadline } from '../deadline.ts';
import { createLogger } from '../log.ts';
import { createRedisClient } from '../redis/redis-client.ts';
import type { Check, Context, Installation, Need } from './check.ts';
import { CHECKS } from './checks.ts';
import { type Finding, worstFirst } from './finding.ts';
import { envFile, nodeVersion } from './machine.ts';
import { pendingMigrations } from './migrations.ts';
import { reachPostgres, reachRedis } from './reach.ts';

const CHECK_MS = 5_000;

/**
 * Finds what is wrong with an installation, worst first. Changes nothing. No check throws, or takes longer than
 * five seconds.
 */
export async function examine(
  env: NodeJS.ProcessEnv,
  { now = Date.now, ...processes }: Installation['processes'] & { now?: () => number },
): Promise<Finding[]> {
  const machine = [...nodeVersion(process.versions.node), ...(await envFile())];
  try {
    const config = loadConfig(env);
    return worstFirst([...machine, ...(await examineInstallation({ config, processes, now }))]);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const faults = error.errors.map(
      (what): Finding => ({ severity: 'error', what: `${what}.`, do: SETTING }),
    );
    return worstFirst([...machine, ...faults]);
  }
}

const SETTING =
  'Correct it in the environment or in .env, and run the doctor again; .env.example lists all settings.';

/** All checks at once. */
async function examineInstallation(installation: Installation): Promise<Finding[]> {
  const { config } = installation;
  const log = createLogger({ logLevel: 'silent' }, { name: 'doctor' });
  const db = createDatabase({ ...config, databasePoolSize: 4 }, log);
  const redis = config.redisUrl === null ? null : openRedis(config.redisUrl);
  const context: Context = { ...installation, db, redis };
  try {
    const [postgres, redisState] = await Promise.all([postgresState(context), redisFindings(context)]);
    const isThere: Record<Need, boolean> = {
      postgres: postgres.isReached,
      tables: postgres.isReached && postgres.findings.length === 0,
      redis: redis !== null && redisState.length === 0,
      queue: redis === null ? postgres.findings.length === 0 : redisState.length === 0,
    };
    const possible = CHECKS.filter(({ needs }) => needs.every((need) => isThere[need]));
    const found = await Promise.all(possible.map((check) => findingsOf(check, context)));
    return [...postgres.findings, ...redisState, ...found.flat()];
  } finally {
    redis?.disconnect();
    // A server that is silent must not hold the answer up.
    await withDeadline(db.close(), 1_000, 'closing the database').catch(() => {});
  }
}

async function postgresState(context: Context): Promise<{ isReached: boolean; findings: Finding[] }> {
  const reach: Check = { name: 'PostgreSQL', needs: [], run: reachPostgres };
  const unreachable = await findingsOf(reach, context);
  if (unreachable.length > 0) return { isReached: false, findings: unreachable };
  const tables: Check = { name: 'the migrations', needs: [], run: pendingMigrations };
  return { isReached: true, findings: await findingsOf(tables, context) };
}

function redisFindings(context: Context): Promise<Finding[]> {
  return findingsOf({ name: 'Redis', needs: [], run: reachRedis }, context);
}

async function findingsOf(check: Check, context: Context): Promise<Finding[]> {
  try {
    return await withDeadline(Promise.resolve(check.run(context)), CHECK_MS, 'it');
  } catch (error) {
    return [
      {
        severity: 'warning',
        what: `The doctor could not check ${check.name}: ${reasonOf(error)}.`,
        do: 'Run the doctor again; the log of the server may say more.',
      },
    ];
  }
}

/** One line, without the addresses and statements that a driver may add. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (text.trim().split('\n').at(-1) ?? '').replace(/\.$/, '').slice(0, 200);
}

function openRedis(url: string): Redis | Cluster {
  const redis = createRedisClient(url, {
    lazyConnect: true,
    connectTimeout: 4_000,
    commandTimeout: 4_000,
    maxRetriesPerRequest: 0,
    retryStrategy: null,
  });
  redis.on('error', () => {});
  return redis;
}
