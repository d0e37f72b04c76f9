import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import type { Config } from '../config.ts';
import { withDeadline } from '../deadline.ts';
import type { Logger } from '../log.ts';
import { createSnapshotReader, type SnapshotReader } from '../progress/snapshot-reader.ts';
import { PrismaClient } from './generated/client.ts';
import { createPool, type PoolOptions } from './pool.ts';
import { createReplica, type Replica } from './replica.ts';

export interface Database {
  readonly prisma: PrismaClient;
  readonly readSnapshot: SnapshotReader;
  /** null: DATABASE_REPLICA_URL is not set. */
  readonly replica: Replica | null;
  poolUse(): PoolUse;
  /** Rejects when PostgreSQL does not answer within two seconds. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

type DatabaseConfig = Pick<
  Config,
  | 'databaseUrl'
  | 'databaseReplicaUrl'
  | 'databaseReplicaLagMs'
  | 'databasePoolSize'
  | 'databasePreparedStatements'
>;

/** Connections of the primary's pool, and the statements that wait for one. */
export interface PoolUse {
  size: number;
  inUse: number;
  idle: number;
  waiting: number;
}

const PING_MS = 2_000;
const ANSWER_MS = 9_000;
/** Shorter: then there is still the primary to ask. */
const REPLICA_ANSWER_MS = 5_000;

/**
 * Makes PostgreSQL plan with indexes, which every statement of a worker has. A plan made while a table was almost
 * empty would otherwise read the whole table for every batch, until the table is analyzed again.
 */
const BY_INDEX = '-c enable_seqscan=off -c jit=off';

/**
 * Opens the database. It connects on first use, and again after every failure.
 *
 * @param byIndex true: statements use indexes and never read whole tables
 */
export function createDatabase(config: DatabaseConfig, log: Logger, { byIndex = false } = {}): Database {
  const onError = (error: Error) => log.warn({ reason: error.message }, 'a database connection failed');
  const open = (options: Pick<PoolOptions, 'connectionString' | 'answerMs'>) => {
    const pool = createPool({
      ...options,
      max: config.databasePoolSize,
      ...(byIndex && { options: BY_INDEX }),
    });
    const adapter = new PrismaPg(pool, {
      statementNameGenerator: config.databasePreparedStatements ? statementNames() : () => '',
      onPoolError: onError,
      onConnectionError: onError,
      disposeExternalPool: true,
    });
    return { pool, prisma: new PrismaClient({ adapter, errorFormat: 'minimal' }) };
  };
  const { pool, prisma } = open({ connectionString: config.databaseUrl, answerMs: ANSWER_MS });
  const { databaseReplicaUrl, databaseReplicaLagMs: lagMs } = config;
  const replica =
    databaseReplicaUrl === null
      ? null
      : createReplica({
          primary: prisma,
          replica: open({ connectionString: databaseReplicaUrl, answerMs: REPLICA_ANSWER_MS }).prisma,
          lagMs,
          log,
        });

  return {
    prisma,
    readSnapshot: createSnapshotReader(prisma),
    replica,
    poolUse: () => ({
      size: config.databasePoolSize,
      inUse: pool.totalCount - pool.idleCount,
      idle: pool.idleCount,
      waiting: pool.waitingCount,
    }),
    async ping() {
      await withDeadline(prisma.$queryRaw`select 1`, PING_MS, 'reaching PostgreSQL');
    },
    async close() {
      await Promise.all([prisma.$disconnect(), replica?.close()]);
    },
  };
}

/**
 * Names prepared statements: one name for each distinct SQL text, of which there are few. The reads that Prisma
 * writes, in capitals, get none: which plan is good depends on how many rows a filter matches, and a prepared
 * statement keeps the one that is good on average.
 */
function statementNames(): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    if (sql.startsWith('SELECT')) return '';
    const known = names.get(sql);
    if (known !== undefined) return known;
    const name = createHash('sha1').update(sql).digest('base64url');
    names.set(sql, name);
    return name;
  };
}
