import type { WebhookDeliveryStatus } from '@bulk/contract';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import { KEEPS_TRYING } from './write-events.ts';

/** An event, and what became of its delivery so far. */
export interface Delivery {
  messageId: string;
  type: string;
  status: WebhookDeliveryStatus;
  createdAt: Date;
  attempts: number;
  /** When the next attempt is due; while one runs, until when its worker has it. */
  dueAt: Date;
  finishedAt: Date | null;
  lastHttpStatus: number | null;
  lastError: string | null;
}

/** A delivery in the hands of this worker, until its lease ends. */
export interface ClaimedDelivery {
  id: bigint;
  generation: number;
  /** With the one that begins now. */
  attempts: number;
  messageId: string;
  registrationId: bigint;
  type: string;
  createdAt: Date;
  data: Record<string, unknown>;
}

/**
 * Claims deliveries that are due, for one of all workers. Of a registration only the oldest that is pending, so that its
 * events arrive in their order. When a worker dies, others can claim what it had as soon as the lease is over.
 */
export function claimDeliveries(
  db: Executor,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<ClaimedDelivery[]> {
  return db.$queryRaw<ClaimedDelivery[]>`
    with claimed as materialized (
      select id
      from webhook_deliveries due
      where status = 'pending'
        and due_at <= now()
        and not exists (
          select from webhook_deliveries earlier
          where earlier.registration_id = due.registration_id
            and earlier.id < due.id
            and earlier.status = 'pending'
        )
      order by due_at
      limit ${limit}::integer
      for update skip locked
    )
    update webhook_deliveries d
    set
      attempts = d.attempts + 1,
      generation = d.generation + 1,
      due_at = clock_timestamp() + ${leaseMs}::integer * interval '1 millisecond'
    from claimed
    where d.id = claimed.id
    returning
      d.id, d.generation, d.attempts, d.message_id::text as "messageId", d.registration_id as "registrationId",
      d.type, d.created_at as "createdAt", d.data`;
}

/** What became of an attempt. */
export interface AttemptResult {
  /** pending: it is tried again, unless that would be too late. */
  status: WebhookDeliveryStatus;
  httpStatus: number | null;
  error: string | null;
  retryInMs: number;
}

/**
 * Stores what became of an attempt.
 *
 * @returns the status of the delivery; null: another worker has it meanwhile, or it was asked for again
 */
export async function recordAttempt(
  db: Executor,
  { id, generation }: Pick<ClaimedDelivery, 'id' | 'generation'>,
  { status, httpStatus, error, retryInMs }: AttemptResult,
): Promise<WebhookDeliveryStatus | null> {
  const rows = await db.$queryRaw<Array<{ status: WebhookDeliveryStatus }>>`
    update webhook_deliveries d
    set
      status = next.status,
      finished_at = case when next.status <> 'pending' then clock_timestamp() end,
      due_at = next.due_at,
      last_http_status = ${httpStatus}::integer,
      last_error = ${error}
    from (
      select
        due_at,
        case when ${status} = 'pending' and due_at > expires_at then 'failed' else ${status} end
          ::webhook_delivery_status as status
      from (
        select expires_at, clock_timestamp() + ${retryInMs}::integer * interval '1 millisecond' as due_at
        from webhook_deliveries
        where id = ${id}::bigint
      ) retry
    ) next
    where d.id = ${id}::bigint
      and d.generation = ${generation}::integer
      and d.status = 'pending'
    returning d.status::text as status`;
  return rows[0]?.status ?? null;
}

/** Events that wait for their delivery. */
export interface PendingDeliveries {
  /** Counted up to `MAX_COUNTED`. */
  count: number;
  /** Since the oldest of them was written; 0: none waits. */
  oldestSeconds: number;
}

const MAX_COUNTED = 10_000;

/** Reads how many events wait for their delivery, and since when. */
export async function findPendingDeliveries(db: Executor): Promise<PendingDeliveries> {
  const [found] = await db.$queryRaw<PendingDeliveries[]>`
    select
      count(*)::integer as count,
      coalesce(extract(epoch from clock_timestamp() - min(created_at)), 0)::float8 as "oldestSeconds"
    from (
      select created_at
      from webhook_deliveries
      where status = 'pending'
      order by due_at
      limit ${MAX_COUNTED}::integer
    ) as pending`;
  return found ?? { count: 0, oldestSeconds: 0 };
}

const COLUMNS = Prisma.sql`
  message_id::text as "messageId",
  type,
  status::text as status,
  created_at as "createdAt",
  attempts,
  due_at as "dueAt",
  finished_at as "finishedAt",
  last_http_status as "lastHttpStatus",
  last_error as "lastError"`;

/** Lists the deliveries of a registration, the newest first. */
export function findDeliveries(
  db: Executor,
  registrationId: bigint,
  { limit }: { limit: number },
): Promise<Delivery[]> {
  return db.$queryRaw<Delivery[]>`
    select ${COLUMNS}
    from webhook_deliveries
    where registration_id = ${registrationId}::bigint
    order by id desc
    limit ${limit}::integer`;
}

/** Makes a delivery due now, whatever became of it, with 24 hours to succeed; null: there is none. */
export async function makeDueAgain(
  db: Executor,
  registrationId: bigint,
  messageId: string,
): Promise<Delivery | null> {
  const rows = await db.$queryRaw<Delivery[]>`
    update webhook_deliveries
    set
      status = 'pending',
      attempts = 0,
      generation = generation + 1,
      due_at = clock_timestamp(),
      expires_at = clock_timestamp() + ${KEEPS_TRYING},
      finished_at = null
    where registration_id = ${registrationId}::bigint
      and message_id = ${messageId}::uuid
    returning ${COLUMNS}`;
  return rows[0] ?? null;
}

/** How long a delivery is kept after its end. */
const KEPT = Prisma.sql`interval '7 days'`;

/** Deletes old deliveries, a bounded number at a time, and returns how many. */
export async function dropOldDeliveries(db: Executor, { limit }: { limit: number }): Promise<number> {
  return db.$executeRaw`
    delete from webhook_deliveries
    where id in (
      select id
      from webhook_deliveries
      where finished_at < now() - ${KEPT}
      order by finished_at
      limit ${limit}::integer
      for update skip locked
    )`;
}
