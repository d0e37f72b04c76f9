import { createRandom } from '@bulk/core/testing';
import { percentile } from '../measure.ts';
import type { Costs } from './costs.ts';
import { BATCH_SIZE, BATCHES_IN_FLIGHT, FIRST_CONCURRENCY, of, POOL_SIZE, Service } from './model.ts';

const RATES = [1_000, 100_000, 1_000_000];
const SIZES = [8, 1_000, 100_000];
/** How busy a process or a core may be. */
const BUSY = 0.7;
const SECONDS = 2;
const MAX_SIMULATED = 5_000;

/** What a rate needs, and what one gets then. */
export interface Needs {
  mentorsPerSecond: number;
  /** Of each registration. */
  mentors: number;
  apis: number;
  workers: number;
  databaseCores: number;
  /** Each uses one core. */
  redises: number;
  walMbPerSecond: number;
  diskGbPerDay: number;
  /** To PostgreSQL at most, with the default pools. */
  connections: number;
  /** From the request until all is committed, as simulated. */
  p50Ms: number;
  p99Ms: number;
}

/** Computes for each rate and size what is needed, and simulates it. */
export function needs(costs: Costs): Needs[] {
  return RATES.flatMap((rate) =>
    SIZES.filter((size) => size <= rate).map((size) => needsOf(costs, rate, size)),
  );
}

function needsOf(costs: Costs, mentorsPerSecond: number, mentors: number): Needs {
  const { cpu, wal, disk } = costs;
  const registrations = mentorsPerSecond / mentors;
  const batches = Math.ceil(mentors / BATCH_SIZE);
  const size = Math.min(mentors, BATCH_SIZE);
  const jobs = Math.min(batches, 2);
  const perRegistration = {
    apiUs: of(cpu.api, mentors),
    workerUs: batches * of(cpu.worker, size),
    databaseUs: of(cpu.accept, mentors) + batches * of(cpu.batch.new, size) + mentors * cpu.background,
    redisUs: jobs * (cpu.redis.add + cpu.redis.run),
    walBytes: of(wal.accept, mentors) + batches * of(wal.batch, size),
    diskBytes:
      disk.registration +
      mentors * (disk.batches + disk.activity.table + disk.activity.unique + disk.activity.primary),
  };
  const cores = (us: number) => Math.ceil((registrations * us) / 1e6 / BUSY);
  const apis = cores(perRegistration.apiUs);
  // A worker writes eight first batches at a time, and two others of one registration.
  const batchUs = of(cpu.batch.new, size) + of(cpu.worker, size) + costs.flushMs * 1_000;
  const workers = Math.max(
    cores(perRegistration.workerUs),
    cores(batchUs / FIRST_CONCURRENCY),
    cores(((batches - 1) * batchUs) / BATCHES_IN_FLIGHT),
  );
  const redises = cores(perRegistration.redisUs);
  const databaseCores = cores(perRegistration.databaseUs);
  return {
    mentorsPerSecond,
    mentors,
    apis,
    workers,
    databaseCores,
    redises,
    walMbPerSecond: (registrations * perRegistration.walBytes) / 1e6,
    diskGbPerDay: (registrations * perRegistration.diskBytes * 86_400) / 1e9,
    connections: (apis + workers) * POOL_SIZE,
    ...latencies(
      new Service(costs, { apis, workers, redises, cores: databaseCores, isApart: true }),
      registrations,
      mentors,
    ),
  };
}

/** Registrations arrive at random, independent of each other. */
function latencies(service: Service, perSecond: number, mentors: number): Pick<Needs, 'p50Ms' | 'p99Ms'> {
  const { simulation } = service;
  const random = createRandom(1);
  const times: number[] = [];
  const count = Math.min(Math.ceil(perSecond * SECONDS), MAX_SIMULATED);
  let atMs = 0;
  for (let index = 0; index < count; index += 1) {
    atMs += (-Math.log(random.between(1, 1e6) / 1e6) / perSecond) * 1_000;
    const sentAtMs = atMs;
    simulation.after(sentAtMs, () =>
      simulation.start(service.post({ mentors }, (doneAtMs) => times.push(doneAtMs - sentAtMs))),
    );
  }
  service.run();
  return { p50Ms: percentile(times, 50), p99Ms: percentile(times, 99) };
}
