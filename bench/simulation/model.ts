import type { Costs, Linear } from './costs.ts';
import { type Activity, Disk, Machine, Simulation, Slots, type Thread } from './engine.ts';

export const BATCH_SIZE = 1_000;
export const POOL_SIZE = 16;
export const FIRST_CONCURRENCY = 8;
export const BATCHES_IN_FLIGHT = 2;
const TIME_SLICE_MS = 150;
/** Rows of registration_totals: each accepted registration locks one until it is committed. */
const TOTALS = 16;

export interface Setup {
  apis?: number;
  workers?: number;
  redises?: number;
  /** Of the one machine that everything shares, as in the benchmark, or of the database's own. */
  cores: number;
  /** Every other process has a core of its own then, and clients cost nothing. */
  isApart?: boolean;
}

export interface Registration {
  mentors: number;
  coordinator?: string;
  becomes?: keyof Costs['cpu']['batch'];
}

interface Program {
  thread: Thread;
  pool: Slots;
}

/** The service as the documents describe it, where only CPU, flushes and waiting for a turn take time. */
export class Service {
  readonly simulation = new Simulation();
  readonly database: Machine;
  readonly #costs: Costs;
  readonly #apis: Program[];
  readonly #workers: Program[];
  readonly #client: Thread | null;
  readonly #redises: Thread[];
  readonly #wal: Disk;
  readonly #first: Slots;
  readonly #rest: Slots;
  readonly #totals = Array.from({ length: TOTALS }, () => new Slots(1));
  readonly #turns = new Map<string, number>();
  #round = 0;
  #accepted = 0;
  #processed = 0;

  constructor(costs: Costs, { apis = 1, workers = 1, redises = 1, cores, isApart = false }: Setup) {
    this.#costs = costs;
    this.database = new Machine(this.simulation, cores);
    const others = isApart ? new Machine(this.simulation, Number.POSITIVE_INFINITY) : this.database;
    const program = () => ({ thread: others.thread(), pool: new Slots(POOL_SIZE) });
    this.#apis = Array.from({ length: apis }, program);
    this.#workers = Array.from({ length: workers }, program);
    this.#client = isApart ? null : others.thread();
    this.#redises = Array.from({ length: redises }, () => others.thread());
    this.#wal = new Disk(this.simulation, costs.flushMs);
    this.#first = new Slots(workers * FIRST_CONCURRENCY);
    this.#rest = new Slots(workers);
  }

  /** Runs what was started. @returns milliseconds until the last of it has ended */
  run(): number {
    this.simulation.run();
    return this.simulation.nowMs;
  }

  /** From the request until the answer; `finished` is called when its last batch is committed. */
  *post(registration: Registration, finished: (atMs: number) => void = () => {}): Activity {
    const { cpu } = this.#costs;
    const api = this.#apis[this.#accepted % this.#apis.length]!;
    const total = this.#totals[this.#accepted % TOTALS]!;
    this.#accepted += 1;
    if (this.#client) yield this.#client.work(of(cpu.client, registration.mentors));
    yield api.thread.work(of(cpu.api, registration.mentors) - cpu.api.each / 2);
    yield* this.#statement(api.pool, of(cpu.accept, registration.mentors), total);
    yield api.thread.work(cpu.api.each / 2);
    this.simulation.start(this.process(registration), () => finished(this.simulation.nowMs));
  }

  /** From the adding of the job until the last batch is committed. */
  *process(registration: Registration): Activity {
    const { cpu } = this.#costs;
    const redis = this.#redises[this.#processed % this.#redises.length]!;
    const worker = this.#workers[this.#processed % this.#workers.length]!;
    this.#processed += 1;
    const row = new Slots(1);
    yield redis.work(cpu.redis.add);
    yield this.#first.take();
    yield redis.work(cpu.redis.run);
    yield* this.#batch(worker, registration, Math.min(registration.mentors, BATCH_SIZE), row);
    this.#first.free();
    const rest = { open: registration.mentors - BATCH_SIZE };
    while (rest.open > 0) yield* this.#timeSlice(redis, worker, registration, rest, row);
  }

  /** The bare insert that the benchmark compares with, on two connections. */
  *bareInsert(mentors: number): Activity {
    const { bare } = this.#costs.cpu;
    const pool = new Slots(POOL_SIZE);
    let open = mentors;
    const lane = function* (this: Service): Activity {
      while (open > 0) {
        open -= BATCH_SIZE;
        if (this.#client) yield this.#client.work(bare.client * BATCH_SIZE);
        yield* this.#statement(pool, bare.postgres * BATCH_SIZE, new Slots(1));
      }
    };
    yield this.simulation.all(Array.from({ length: BATCHES_IN_FLIGHT }, () => lane.call(this)));
  }

  *#timeSlice(
    redis: Thread,
    worker: Program,
    registration: Registration,
    rest: { open: number },
    row: Slots,
  ): Activity {
    const { cpu } = this.#costs;
    yield redis.work(cpu.redis.add);
    const turn = this.#nextTurn(registration.coordinator ?? 'one');
    yield this.#rest.take(turn);
    this.#round = turn;
    yield redis.work(cpu.redis.run);
    let endsAt = this.simulation.nowMs + TIME_SLICE_MS;
    let isOver = false;
    const goesOn = () => {
      if (this.simulation.nowMs >= endsAt) {
        endsAt += TIME_SLICE_MS;
        isOver ||= this.#rest.isWanted;
      }
      return !isOver;
    };
    const lane = function* (this: Service): Activity {
      while (rest.open > 0) {
        const size = Math.min(rest.open, BATCH_SIZE);
        rest.open -= size;
        yield* this.#batch(worker, registration, size, row);
        if (!goesOn()) return;
      }
    };
    yield this.simulation.all(Array.from({ length: BATCHES_IN_FLIGHT }, () => lane.call(this)));
    this.#rest.free();
  }

  *#batch(worker: Program, { becomes = 'new' }: Registration, size: number, row: Slots): Activity {
    const { cpu } = this.#costs;
    const workerUs = of(cpu.worker, size);
    yield worker.thread.work(workerUs / 2);
    yield* this.#statement(worker.pool, of(cpu.batch[becomes], size), row);
    yield worker.thread.work(workerUs / 2);
  }

  /** @param row what it locks from its end until it is committed */
  *#statement(pool: Slots, cpuUs: number, row: Slots): Activity {
    yield pool.take();
    yield this.database.thread().work(cpuUs);
    yield row.take();
    yield this.#wal.flush();
    row.free();
    pool.free();
  }

  #nextTurn(coordinator: string): number {
    const turn = Math.max(this.#round, (this.#turns.get(coordinator) ?? 0) + 1);
    this.#turns.set(coordinator, turn);
    return turn;
  }
}

/** Costs on a machine that is so many times as fast. */
export function onMachine(costs: Costs, speed: number): Costs {
  const scaled = (value: unknown): unknown =>
    typeof value === 'number'
      ? value / speed
      : Object.fromEntries(Object.entries(value as object).map(([name, part]) => [name, scaled(part)]));
  return { ...costs, cpu: scaled(costs.cpu) as Costs['cpu'] };
}

/** @returns microseconds, or bytes */
export function of({ each, mentor }: Linear, mentors: number): number {
  return each + mentor * mentors;
}
