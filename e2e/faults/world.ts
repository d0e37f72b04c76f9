import { mkdirSync } from 'node:fs';
import { type Config, type Database, loadConfig, migrate } from '@bulk/core';
import { openPatientDatabase } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { Actions } from './actions.ts';
import { Fleet, type MemberName, WORKERS } from './fleet.ts';
import { Journal } from './journal.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { type Statement, tapPostgres } from './postgres-wire.ts';
import { RedisServer } from './redis-server.ts';
import { tapRedis } from './redis-wire.ts';
import { TcpProxy } from './tcp-proxy.ts';

export type Backend = 'redis' | 'postgres';

export interface Links {
  readonly postgres: TcpProxy<Statement>;
  /** null: the queue runs on PostgreSQL. */
  readonly redis: TcpProxy<'enqueue'> | null;
}

/** Servers, the network between, the processes and their clients: all that a fault can get at. */
export interface World {
  readonly backend: Backend;
  readonly dir: string;
  readonly postgres: PostgresServer;
  readonly redis: RedisServer | null;
  readonly links: Readonly<Record<MemberName, Links>>;
  readonly fleet: Fleet;
  readonly journal: Journal;
  readonly actions: Actions;
  readonly baseUrl: string;
  /** As the processes have it, but past the proxies. */
  readonly config: Config;
  readonly db: Database;
  /** A process told to stop must be gone after this time. */
  readonly graceMs: number;
  /** `keep`: the data of PostgreSQL stays in the folder. */
  destroy(options: { keep: boolean }): Promise<void>;
}

export interface WorldOptions {
  backend: Backend;
  dir: string;
  settings: Readonly<Record<string, string>>;
  /** How many times as long as promised an end may take. */
  patience: number;
}

/** What the processes do after their grace is over: close the queue, then the database, two seconds each. */
const CLOSING_MS = 4_000;

export async function createWorld({ backend, dir, settings, patience }: WorldOptions): Promise<World> {
  mkdirSync(dir, { recursive: true });
  const postgres = await startPostgres(dir);
  const redis = backend === 'redis' ? await RedisServer.start(dir) : null;

  const config = loadConfig({
    ...settings,
    DATABASE_URL: named(postgres.url),
    ...(redis && { REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
    LOG_LEVEL: 'silent',
  });
  await migrate(config);
  const db = openPatientDatabase(config.databaseUrl);
  await makeSomeMentorsBad(db);
  const serviceUrl = await makeServiceRole(db, postgres.url);

  const links = await linkAll(postgres, redis);
  const port = await findFreePort();
  const envOf = (name: MemberName) => ({
    ...settings,
    PORT: String(port),
    DATABASE_URL: at(serviceUrl, links[name].postgres.port),
    ...(links[name].redis && { REDIS_URL: `redis://127.0.0.1:${links[name].redis.port}` }),
  });
  const fleet = new Fleet(dir, {
    api: envOf('api'),
    'worker-1': envOf('worker-1'),
    'worker-2': envOf('worker-2'),
  });
  const journal = new Journal();
  const baseUrl = `http://127.0.0.1:${port}`;
  const actions = new Actions({ baseUrl, journal, countActivities: (id) => countActivities(db, id) });

  const abandon = () => {
    fleet.abandon();
    postgres.abandon();
  };
  process.once('exit', abandon);

  return {
    backend,
    dir,
    postgres,
    redis,
    links,
    fleet,
    journal,
    actions,
    baseUrl,
    config,
    db,
    graceMs: (config.shutdownGraceMs + CLOSING_MS) * patience,
    async destroy({ keep }) {
      process.off('exit', abandon);
      fleet.abandon();
      for (const each of Object.values(links)) {
        each.postgres.close();
        each.redis?.close();
      }
      await db.close();
      await redis?.kill();
      await postgres.destroy({ keep });
    },
  };
}

async function linkAll(
  postgres: PostgresServer,
  redis: RedisServer | null,
): Promise<Record<MemberName, Links>> {
  const link = async (name: MemberName): Promise<Links> => ({
    postgres: await TcpProxy.between(postgres.port, tapPostgres, name),
    redis: redis && (await TcpProxy.between(redis.port, tapRedis)),
  });
  const [api, first, second] = await Promise.all((['api', ...WORKERS] as const).map(link));
  return { api: api!, 'worker-1': first!, 'worker-2': second! };
}

/** Sessions of the suite itself, which no fault ends. */
export const OWN_SESSIONS = 'faults';

function named(url: string): string {
  return `${url}?application_name=${OWN_SESSIONS}`;
}

function at(url: string, port: number): string {
  const changed = new URL(url);
  changed.port = String(port);
  return changed.href;
}

/** What the processes connect as. It owns what the migrations made, and is no superuser: limits hold for it. */
export const SERVICE_ROLE = 'service';

async function makeServiceRole(db: Database, url: string): Promise<string> {
  await db.prisma.$executeRaw`create role service login password 'service' in role postgres`;
  return Object.assign(new URL(url), { username: SERVICE_ROLE, password: 'service' }).href;
}

/** A rule of the database that the service knows nothing of. */
async function makeSomeMentorsBad(db: Database): Promise<void> {
  await db.prisma.$executeRaw`
    alter table activities add constraint no_bad_mentors check (mentor_id not like 'bad-%')`;
}

async function countActivities(db: Database, id: string): Promise<number> {
  const number = Number.parseInt(id.replace('bulk-', ''), 10);
  const [row] = await db.prisma.$queryRaw<Array<{ count: number }>>`
    select count(*)::integer as count from activities where bulk_registration_id = ${number}::bigint`;
  return row!.count;
}
