import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '../deadline.ts';
import type { Logger } from '../log.ts';
import type { PrismaClient } from './generated/client.ts';
import { classifySqlFailure } from './sql-failure.ts';

/*
 * Reads from a standby that never show an older state than the primary would. Before each statement the primary is
 * asked for the end of its WAL, and the standby must have replayed that much: so whatever was committed before the
 * statement is seen by it, whoever wrote it and through whichever process. This is the read index of Raft: those who
 * read at the same time share a question. A standby that needs longer than the largest lag, or fails, is left out
 * until it has caught up; nobody waits for it meanwhile.
 */

/** A standby of the primary that answers reads. */
export interface Replica {
  /** The primary's client, whose statements run on the replica whenever that shows what the primary would. Only for reads. */
  readonly prisma: PrismaClient;
  /** How many statements each server has answered. */
  readonly reads: Readonly<Record<'replica' | 'primary', number>>;
  /** Tells whether a read would now run on the replica. Never rejects. */
  isUsed(): Promise<boolean>;
  close(): Promise<void>;
}

export interface ReplicaOptions {
  readonly primary: PrismaClient;
  readonly replica: PrismaClient;
  /** How long a read waits for the replica to catch up, in milliseconds. */
  readonly lagMs: number;
  readonly log: Logger;
}

/** Asked again so often while a read waits. */
const POLL_MS = 5;
/** A replica that was left out is asked again so often, when there are reads. */
const PROBE_MS = 1_000;

/** Makes the client that reads from a replica, or from the primary where the replica is behind or fails. */
export function createReplica({ primary, replica, lagMs, log }: ReplicaOptions): Replica {
  const askPrimary = sharing(() => findPrimaryPosition(primary));
  const askReplica = sharing(() => findReplicaPosition(replica));
  const reads = { replica: 0, primary: 0 };
  let isIn = true;
  let probedAt = 0;

  async function isUsed(): Promise<boolean> {
    if (isIn) {
      const reason = await whyNot();
      if (reason !== null) leaveOut(reason);
      return reason === null;
    }
    if (performance.now() - probedAt > PROBE_MS) void probe();
    return false;
  }

  async function probe(): Promise<void> {
    probedAt = performance.now();
    if ((await whyNot()) !== null || isIn) return;
    isIn = true;
    log.info('reads go to the replica again');
  }

  function leaveOut(reason: string): void {
    if (isIn) log.warn({ reason }, 'reads go to the primary: the replica cannot answer them');
    isIn = false;
    probedAt = performance.now();
  }

  /** null: the replica has replayed all that was committed before the question. */
  function whyNot(): Promise<string | null> {
    return compare().catch(reasonOf);
  }

  async function compare(): Promise<string | null> {
    const firstAnswer = askReplica();
    firstAnswer.catch(() => {});
    const primaryIs = await askPrimary();
    const until = performance.now() + lagMs;
    for (let answer = firstAnswer; ; answer = askReplica()) {
      const replicaIs = await withDeadline(answer, lagMs, 'asking the replica');
      const mismatch = mismatchOf(primaryIs, replicaIs);
      if (mismatch !== null) return mismatch;
      if (BigInt(replicaIs.position ?? 0) >= BigInt(primaryIs.position ?? 0)) return null;
      if (performance.now() >= until) return `it is more than ${lagMs} ms behind`;
      await delay(POLL_MS);
    }
  }

  const prisma = primary.$extends({
    query: {
      async $allOperations({ model, operation, args, query }) {
        if (await isUsed()) {
          try {
            const result = await runOn(replica, { model, operation, args });
            reads.replica += 1;
            return result;
          } catch (error) {
            // Also a query that the replica cancels because it conflicts with recovery: the next one may succeed.
            const failure = classifySqlFailure(error);
            if (failure.kind === 'transient' && failure.code === 'database_unavailable')
              leaveOut(reasonOf(error));
          }
        }
        reads.primary += 1;
        return query(args) as Promise<unknown>;
      },
    },
  });

  return {
    prisma: prisma as unknown as PrismaClient,
    reads,
    isUsed,
    close: () => replica.$disconnect(),
  };
}

/** The last line: Prisma's messages begin with the call. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}

/** Makes a function that asks one question at a time: those who ask while it is under way share the next one. */
function sharing<T>(ask: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | null = null;
  return () => {
    next ??= underWay.then(() => {
      next = null;
      const answer = ask();
      underWay = answer.catch(() => {});
      return answer;
    });
    return next;
  };
}

/** Where a server is in the WAL. */
interface Position {
  /** Of the cluster: a standby has that of its primary. */
  system: string;
  /** Bytes since the beginning of the WAL, as text; null: it is not known. */
  position: string | null;
}

interface ReplicaPosition extends Position {
  isReceiving: boolean;
}

async function findPrimaryPosition(db: PrismaClient): Promise<Position> {
  const [row] = await db.$queryRaw<[Position]>`
    select
      system_identifier::text as system,
      case when not pg_is_in_recovery() then (pg_current_wal_flush_lsn() - '0/0')::text end as position
    from pg_control_system()`;
  return row;
}

async function findReplicaPosition(db: PrismaClient): Promise<ReplicaPosition> {
  const [row] = await db.$queryRaw<[ReplicaPosition]>`
    select
      system_identifier::text as system,
      (pg_last_wal_replay_lsn() - '0/0')::text as position,
      exists (select from pg_stat_wal_receiver) as "isReceiving"
    from pg_control_system()`;
  return row;
}

/** A server that receives nothing is no standby, or is promoted, or follows a primary that is no more. */
function mismatchOf(primary: Position, replica: ReplicaPosition): string | null {
  if (primary.position === null) return 'the server of DATABASE_URL is a standby';
  if (primary.system !== replica.system) return 'it is a copy of another server';
  if (!replica.isReceiving || replica.position === null) return 'it receives nothing from a primary';
  return null;
}

interface Operation {
  model?: string | undefined;
  operation: string;
  args: unknown;
}

type Operations = Record<string, (args: unknown) => Promise<unknown>>;

/** As the client names its operations: `bulkRegistration.findMany`, `$queryRaw`. */
function runOn(client: PrismaClient, { model, operation, args }: Operation): Promise<unknown> {
  const name = model === undefined ? null : model.charAt(0).toLowerCase() + model.slice(1);
  const operations = (name === null ? client : client[name as keyof PrismaClient]) as unknown as Operations;
  const run = operations[operation];
  if (run === undefined) throw new Error(`The client has no ${name}.${operation}.`);
  return run.call(operations, args);
}
