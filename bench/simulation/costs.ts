import { readFileSync } from 'node:fs';

/** A cost that grows with the number of mentors. */
export interface Linear {
  each: number;
  mentor: number;
}

/** What `npm run simulate -- --measure` writes. CPU in microseconds. */
export interface Costs {
  machine: string;
  cores: number;
  cpu: {
    /** Of a registration: the sender of the benchmark, which shares the cores. */
    client: Linear;
    /** Of a registration. */
    api: Linear;
    /** Of a registration: the statement that accepts it. */
    accept: Linear;
    /** Of a batch, its share of the jobs included. */
    worker: Linear;
    /** Of a batch statement, by what becomes of its mentors. */
    batch: { new: Linear; duplicate: Linear; override: Linear };
    /** Of a job: adding it, and all else. */
    redis: { add: number; run: number };
    /** Of a mentor in a bare insert of the activities (peers/ceiling.ts): says how fast the machine is. */
    bare: { client: number; postgres: number };
    /** Of a mentor: the server's own processes, such as the checkpointer and autovacuum. */
    background: number;
  };
  /** How long the disk takes for a commit. */
  flushMs: number;
  /** WAL bytes. */
  wal: { accept: Linear; batch: Linear };
  /** Bytes of tables and their indexes. */
  disk: {
    registration: number;
    batches: number;
    activity: { table: number; unique: number; primary: number };
  };
  redisBytesOfAJob: number;
  /** Of one more worker while there is nothing to do; CPU in microseconds a second. */
  idleWorker: { worker: number; redis: number; connections: Connections };
  /** CPU in microseconds a round of 250 ms: of a watched registration that stands still, and of an event for one watcher. */
  watcher: { api: number; postgres: number; event: number };
}

export interface Connections {
  postgres: number;
  redis: number;
}

export const COSTS_FILE = new URL('costs.json', import.meta.url);

export function readCosts(): Costs {
  return JSON.parse(readFileSync(COSTS_FILE, 'utf8')) as Costs;
}
