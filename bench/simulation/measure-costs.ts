import { fdatasyncSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { type ClientRequest, get } from 'node:http';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { BASE_PATH } from '@bulk/contract';
import { createLogger, createQueue, loadConfig } from '@bulk/core';
import { Redis } from 'ioredis';
import type pg from 'pg';
import type { Installation } from '../installation.ts';
import { eachOf, percentile } from '../measure.ts';
import { ceiling } from '../peers/ceiling.ts';
import { cpuMs, parentOf, readServerCpu, usedBetween } from '../process-cpu.ts';
import { mentorIds, newWork, type Work } from '../work.ts';
import type { World } from '../world.ts';
import { COSTS_FILE, type Connections, type Costs, type Linear } from './costs.ts';

const ROUNDS = 4;
const CLIENTS = 16;
const SMALL = { registrations: 2_000, mentors: 8 };
const LARGE = { registrations: 5, mentors: 100_000 };
const BATCHES = LARGE.mentors / 1_000;
const IDLE_MS = 10_000;
const WATCHERS = 500;
const FLUSHES = 500;

/** CPU in milliseconds, and WAL in bytes. */
interface Used {
  client: number;
  api: number;
  worker: number;
  /** The sessions of clients. */
  postgres: number;
  /** The server's own processes. */
  background: number;
  redis: number;
  wal: number;
}

/** What each phase has used: the registrations are accepted while the queues are paused, and then processed. */
interface Phases {
  accepted: Used;
  processed: Used;
}

/** Measures what a registration and a mentor cost each process, on servers of its own, and writes costs.json. */
export async function measureCosts(world: World): Promise<void> {
  const installation = await world.install({ settings: { MAX_WATCHERS_PER_CALLER: '2000' } });
  const meter = await openMeter(world, installation);
  const idleWorker = await measureIdle(world, meter);
  const rounds: Round[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    rounds.push(await measureRound(installation, meter));
    // Connections are made in the first one, and code is compiled.
    if (round === 0) rounds.length = 0;
  }
  const { small, large, duplicates, override, bare, redisBytesOfAJob } = leastOf(rounds);

  const ofRegistrations = (cost: (phases: Phases) => number) =>
    lineThrough(
      { mentors: SMALL.mentors, cost: cost(small) / SMALL.registrations },
      { mentors: LARGE.mentors, cost: cost(large) / LARGE.registrations },
    );
  const ofBatches = (phases: Phases, cost: (phases: Phases) => number) =>
    lineThrough(
      { mentors: SMALL.mentors, cost: cost(small) / SMALL.registrations },
      { mentors: 1_000, cost: cost(phases) / LARGE.registrations / BATCHES },
    );
  const written = ({ processed }: Phases) => processed.postgres * 1_000;
  const costs: Costs = {
    machine: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    cpu: {
      client: ofRegistrations(({ accepted }) => accepted.client * 1_000),
      api: ofRegistrations(({ accepted }) => accepted.api * 1_000),
      accept: ofRegistrations(({ accepted }) => accepted.postgres * 1_000),
      worker: ofBatches(large, ({ processed }) => processed.worker * 1_000),
      batch: {
        new: ofBatches(large, written),
        duplicate: ofBatches(duplicates, written),
        override: ofBatches(override, written),
      },
      redis: {
        add: (small.accepted.redis / SMALL.registrations) * 1_000,
        run: (small.processed.redis / SMALL.registrations) * 1_000,
      },
      bare: {
        client: (bare.client * 1_000) / LARGE.mentors,
        postgres: (bare.postgres * 1_000) / LARGE.mentors,
      },
      background: (large.processed.background * 1_000) / LARGE.registrations / LARGE.mentors,
    },
    flushMs: measureFlush(world.dir),
    wal: {
      accept: ofRegistrations(({ accepted }) => accepted.wal),
      batch: ofBatches(large, ({ processed }) => processed.wal),
    },
    disk: await measureDisk(installation),
    redisBytesOfAJob,
    watcher: await measureWatchers(installation, meter),
    idleWorker,
  };
  writeFileSync(COSTS_FILE, `${JSON.stringify(costs, rounded, 2)}\n`);
}

/** The least of each figure: other load on the machine only adds to CPU time. */
function leastOf<T>(values: readonly T[]): T {
  if (typeof values[0] === 'number') return Math.min(...(values as readonly number[])) as T;
  const keys = Object.keys(values[0] as object) as Array<keyof T>;
  return Object.fromEntries(keys.map((key) => [key, leastOf(values.map((value) => value[key]))])) as T;
}

type Round = Awaited<ReturnType<typeof measureRound>>;
type Meter = Awaited<ReturnType<typeof openMeter>>;

async function measureRound(installation: Installation, meter: Meter) {
  const { activity_date } = newWork(1);
  const small = Array.from({ length: SMALL.registrations }, (_, index) =>
    newWork(0, { activity_date, mentor_ids: mentorIds(SMALL.mentors, 1 + index * SMALL.mentors) }),
  );
  const large = Array.from({ length: LARGE.registrations }, () => newWork(LARGE.mentors));
  const bytesBefore = await meter.redisBytes();
  const smallPhases = await meter.phases(small);
  return {
    small: smallPhases,
    redisBytesOfAJob: (smallPhases.redisBytes - bytesBefore) / SMALL.registrations,
    large: await meter.phases(large),
    duplicates: await meter.phases(large),
    override: await meter.phases(large.map((work) => ({ ...work, override_duplicates: true }))),
    bare: await meter.during(() => ceiling(installation.pool, newWork(LARGE.mentors), 2)),
  };
}

async function openMeter(world: World, installation: Installation) {
  const { api, workers, client, pool, env } = installation;
  const redis = new Redis(world.redis.url);
  const redisInfo = async (field: string) => {
    const value = new RegExp(`^${field}:(.*)$`, 'm').exec(await redis.info())?.[1];
    return Number(value);
  };
  const before = await redisInfo('connected_clients');
  const config = loadConfig({ ...env, LOG_LEVEL: 'silent' });
  const queue = createQueue(config, createLogger(config, { name: 'bench' }));
  await queue.countJobs();
  const ours = (await redisInfo('connected_clients')) - before + 1;
  world.defer(async () => {
    await queue.close();
    redis.disconnect();
  });
  const postmaster = parentOf((await one<{ pid: number }>(pool, 'select pg_backend_pid() as pid')).pid);
  const redisPid = await redisInfo('process_id');

  const read = async () => ({
    server: readServerCpu(postmaster),
    client: (process.cpuUsage().user + process.cpuUsage().system) / 1_000,
    api: cpuMs(api.pid),
    worker: workers.reduce((sum, { pid }) => sum + cpuMs(pid), 0),
    redis: cpuMs(redisPid),
    wal: Number((await one<{ bytes: string }>(pool, 'select wal_bytes as bytes from pg_stat_wal')).bytes),
  });
  const during = async (run: () => Promise<unknown>): Promise<Used> => {
    const before = await read();
    await run();
    // Statistics come late.
    await delay(SETTLED_MS);
    const after = await read();
    const { clients, background } = usedBetween(before.server, after.server);
    return {
      client: after.client - before.client,
      api: after.api - before.api,
      worker: after.worker - before.worker,
      postgres: clients,
      background,
      redis: after.redis - before.redis,
      wal: after.wal - before.wal,
    };
  };

  return {
    during,
    queue,
    redisBytes: () => redisInfo('used_memory'),
    async phases(works: readonly Work[]): Promise<Phases & { redisBytes: number }> {
      const bodies = works.map((work) => JSON.stringify(work));
      for (const each of queue.dashboardQueues()) await each.pause();
      const accepted = await during(() =>
        eachOf(bodies.length, CLIENTS, (index) => client.submit(bodies[index]!)),
      );
      const redisBytes = await redisInfo('used_memory');
      const processed = await during(async () => {
        for (const each of queue.dashboardQueues()) await each.resume();
        await client.allFinished();
      });
      return { accepted, processed, redisBytes };
    },
    async connections(): Promise<Connections> {
      const { count } = await one<{ count: string }>(
        pool,
        `select count(*) from pg_stat_activity where backend_type = 'client backend'`,
      );
      const redisClients = await redisInfo('connected_clients');
      return { postgres: Number(count) - pool.totalCount, redis: redisClients - ours };
    },
  };
}

const SETTLED_MS = 300;

/** Solves cost = each + mentor × mentors for two points. */
function lineThrough(few: Point, many: Point): Linear {
  const mentor = (many.cost - few.cost) / (many.mentors - few.mentors);
  return { each: few.cost - mentor * few.mentors, mentor };
}

interface Point {
  mentors: number;
  cost: number;
}

function measureFlush(dir: string): number {
  const file = openSync(join(dir, 'flush'), 'w');
  const page = Buffer.alloc(8_192, 1);
  const times = Array.from({ length: FLUSHES }, () => {
    const startedAt = process.hrtime.bigint();
    writeSync(file, page);
    fdatasyncSync(file);
    return Number(process.hrtime.bigint() - startedAt) / 1e6;
  });
  // Other writers on the machine only add to it.
  return percentile(times, 10);
}

async function measureDisk({ pool }: Installation): Promise<Costs['disk']> {
  const sizes = await one<Record<string, string>>(
    pool,
    `select
      pg_table_size('activities') as activities,
      pg_relation_size('activities_once_per_mentor') as unique,
      pg_relation_size('activities_pkey') as primary,
      (select count(*) from activities) as "activityCount",
      pg_total_relation_size('registration_batches') as batches,
      (select sum(mentor_count) from bulk_registrations where mentor_count > 1000) as mentors,
      pg_total_relation_size('bulk_registrations') as registrations,
      (select count(*) from bulk_registrations) as count`,
  );
  const per = (what: string, count: string) => Number(sizes[what]) / Number(sizes[count]);
  return {
    registration: per('registrations', 'count'),
    batches: per('batches', 'mentors'),
    activity: {
      table: per('activities', 'activityCount'),
      unique: per('unique', 'activityCount'),
      primary: per('primary', 'activityCount'),
    },
  };
}

/** What each of four more workers costs while there is nothing to do. */
async function measureIdle(world: World, meter: Meter): Promise<Costs['idleWorker']> {
  const seconds = IDLE_MS / 1_000;
  const before = { used: await meter.during(() => delay(IDLE_MS)), connections: await meter.connections() };
  const more = await world.install({ workers: MORE_WORKERS });
  await delay(STARTED_MS);
  const cpu = () => more.workers.reduce((sum, { pid }) => sum + cpuMs(pid), 0);
  const cpuBefore = cpu();
  const after = { used: await meter.during(() => delay(IDLE_MS)), connections: await meter.connections() };
  const perWorker = (ms: number) => (ms * 1_000) / seconds / MORE_WORKERS;
  return {
    worker: perWorker(cpu() - cpuBefore),
    redis: perWorker(after.used.redis - before.used.redis),
    connections: {
      postgres: (after.connections.postgres - before.connections.postgres) / MORE_WORKERS,
      redis: (after.connections.redis - before.connections.redis) / MORE_WORKERS,
    },
  };
}

const MORE_WORKERS = 4;
const STARTED_MS = 3_000;

/** Of 500 registrations that stand still, each with a watcher, and of one that moves all the time, with 500. */
async function measureWatchers(
  { client, pool, baseUrl }: Installation,
  meter: Meter,
): Promise<Costs['watcher']> {
  for (const each of meter.queue.dashboardQueues()) await each.pause();
  const submit = async (mentors: number) => (await client.submit(JSON.stringify(newWork(mentors)))).id;
  const still: string[] = [];
  for (let count = 0; count < WATCHERS; count += 1) still.push(await submit(1));
  const moving = await submit(LARGE.mentors);
  const observe = async (ids: readonly string[], meanwhile: () => Promise<unknown>) => {
    const streams = await Promise.all(ids.map((id) => watch(`${baseUrl}${BASE_PATH}/${id}/events`)));
    const used = await meter.during(meanwhile);
    for (const stream of streams) stream.destroy();
    return used;
  };
  const rounds = IDLE_MS / ROUND_MS;
  const quiet = await observe(still, () => delay(IDLE_MS));
  const busy = await observe(
    Array.from({ length: WATCHERS }, () => moving),
    async () => {
      for (let round = 0; round < rounds; round += 1) {
        await pool.query('update bulk_registrations set success_count = success_count + 1 where id = $1', [
          moving.slice('bulk-'.length),
        ]);
        await delay(ROUND_MS);
      }
    },
  );
  const per = (ms: number) => (ms * 1_000) / rounds / WATCHERS;
  return { api: per(quiet.api), postgres: per(quiet.postgres), event: per(busy.api) };
}

const ROUND_MS = 250;

function watch(url: string): Promise<ClientRequest> {
  return new Promise((resolve, reject) => {
    const stream = get(url, { agent: false }, (answer) => {
      answer.on('error', () => {}).resume();
      resolve(stream);
    });
    stream.on('error', reject);
  });
}

async function one<Row extends pg.QueryResultRow>(pool: pg.Pool, sql: string): Promise<Row> {
  const { rows } = await pool.query<Row>(sql);
  return rows[0]!;
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(4)) : value;
}
