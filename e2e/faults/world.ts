import { mkdirSync } from 'node:fs';
import { type Database, loadConfig, migrate } from '@bulk/core';
import { openPatientDatabase } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { Actions } from './actions.ts';
import { Fleet, MEMBERS, type MemberName } from './fleet.ts';
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

/** The servers, the network, the processes and their clients: everything that a fault can break. */
export type World = Awaited<ReturnType<typeof createWorld>>;

/** What is judged at the end: a world, or an installation of another kind. */
export type Judged = Pick<World, 'db' | 'config' | 'journal' | 'dir' | 'processes'>;

export interface WorldOptions {
  backend: Backend;
  dir: string;
  settings: Readonly<Record<string, string>>;
  /** Factor on how long the end of a process may take. */
  patience: number;
  /** Makes the tables of another release; left out: ours. */
  migrateWith?: (databaseUrl: string) => Promise<void>;
}

/** After their grace the processes close the queue, then the database, two seconds each. */
const CLOSING_MS = 4_000;

export async function createWorld({ backend, dir, settings, patience, migrateWith }: WorldOptions) {
  mkdirSync(dir, { recursive: true });
  const postgres = await startPostgres(dir);
  const redis = backend === 'redis' ? await RedisServer.start(dir) : null;

  const config = loadConfig({
    ...settings,
    DATABASE_URL: `${postgres.url}?application_name=${OWN_SESSIONS}`,
    ...(redis && { REDIS_URL: `redis://127.0.0.1:${redis.port}` }),
    LOG_LEVEL: 'silent',
  });
  await (migrateWith ? migrateWith(postgres.url) : migrate(config));
  const db = openPatientDatabase(config.databaseUrl);
  await makeSomeMentorsBad(db);
  const serviceUrl = await makeServiceRole(db, postgres.url);

  const links = await linkAll(postgres, redis);
  const port = await findFreePort();
  const envOf = (name: MemberName) => ({
    ...settings,
    PORT: String(port),
    DATABASE_URL: Object.assign(new URL(serviceUrl), { port: links[name].postgres.port }).href,
    ...(links[name].redis && { REDIS_URL: `redis://127.0.0.1:${links[name].redis.port}` }),
  });
  const fleet = new Fleet(dir, envOf);
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
    /** Each has a log of its name in `dir`. */
    processes: MEMBERS as readonly string[],
    journal,
    actions,
    /** That of the processes, but without the proxies. */
    config,
    db,
    /** A process that is told to stop must have ended after this time. */
    graceMs: (config.shutdownGraceMs + CLOSING_MS) * patience,
    /** `keep`: the data of PostgreSQL stays in the folder. */
    async destroy({ keep }: { keep: boolean }) {
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
  const links = MEMBERS.map(async (name): Promise<[MemberName, Links]> => {
    const toPostgres = await TcpProxy.between(postgres.port, tapPostgres, name);
    return [name, { postgres: toPostgres, redis: redis && (await TcpProxy.between(redis.port, tapRedis)) }];
  });
  return Object.fromEntries(await Promise.all(links)) as Record<MemberName, Links>;
}

/** Sessions of the suite itself, which no fault ends. */
export const OWN_SESSIONS = 'faults';

/** The processes connect as this user. It is a member of the owner and no superuser: limits apply to it. */
export const SERVICE_ROLE = 'service';

async function makeServiceRole(db: Database, url: string): Promise<string> {
  await db.prisma.$executeRaw`create role service login password 'service' in role postgres`;
  return Object.assign(new URL(url), { username: SERVICE_ROLE, password: 'service' }).href;
}

/** A constraint that the service knows nothing of. */
export async function makeSomeMentorsBad(db: Database): Promise<void> {
  await db.prisma.$executeRaw`
    alter table activities add constraint no_bad_mentors check (mentor_id not like 'bad-%')`;
}

export async function countActivities(db: Database, id: string): Promise<number> {
  const number = Number.parseInt(id.replace('bulk-', ''), 10);
  return db.prisma.activity.count({ where: { bulkRegistrationId: number } });
}
