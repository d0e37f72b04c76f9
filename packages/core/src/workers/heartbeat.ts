import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Executor } from '../database/executor.ts';
import { version } from '../version.ts';

/** A worker says that it lives. */
export const HEARTBEAT_MS = 5_000;

/** A worker that was not seen for so long does not work. */
const SEEN_WITHIN_SECONDS = 20;

export interface WorkerRow {
  id: string;
  hostName: string;
  pid: number;
  version: string;
  startedAt: Date;
  seenAt: Date;
  /** Seen within `SEEN_WITHIN_SECONDS`. */
  isAlive: boolean;
}

/** Makes a function that writes to the database that this process lives, by the database's clock. */
export function createHeartbeat(db: Executor): () => Promise<void> {
  const id = randomUUID();
  return async () => {
    await db.$executeRaw`
      insert into workers as w (id, host_name, pid, version)
      values (${id}::uuid, ${hostname()}, ${process.pid}::integer, ${version()})
      on conflict (id) do update
      set seen_at = clock_timestamp()`;
  };
}

const LISTED = 1_000;

/** Lists the workers of the last day, those seen last first. */
export function findWorkers(db: Executor): Promise<WorkerRow[]> {
  return db.$queryRaw<WorkerRow[]>`
    select
      id::text as id,
      host_name as "hostName",
      pid,
      version,
      started_at as "startedAt",
      seen_at as "seenAt",
      seen_at > clock_timestamp() - ${SEEN_WITHIN_SECONDS}::integer * interval '1 second' as "isAlive"
    from workers
    order by seen_at desc, id
    limit ${LISTED}::integer`;
}

/** Whether a worker works, and when one was seen last. */
export interface WorkersSeen {
  alive: number;
  /** null: none in the last day. */
  lastSeenAt: Date | null;
}

/** Counts the workers that were seen lately. */
export async function countWorkers(db: Executor): Promise<WorkersSeen> {
  const [row] = await db.$queryRaw<[WorkersSeen]>`
    select
      count(*) filter (
        where seen_at > clock_timestamp() - ${SEEN_WITHIN_SECONDS}::integer * interval '1 second'
      )::integer as alive,
      max(seen_at) as "lastSeenAt"
    from workers`;
  return row;
}

/** Deletes the rows of workers that were not seen for a day. */
export async function dropGoneWorkers(db: Executor): Promise<void> {
  await db.$executeRaw`delete from workers where seen_at < clock_timestamp() - interval '1 day'`;
}
