import type { CreateRegistrationRequest, DelayReason } from '@bulk/contract';
import type { Message, Ring } from '../domain/message.ts';
import type { Version } from '../domain/version.ts';
import { textArray } from './array-literal.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';
import { claimKey, type KeyedRequest } from './idempotency-keys.ts';

// Never `select *` or `returning *` here: mentor_ids has up to 100,000 entries.

/**
 * Stores what was asked for, the work list of its first attempt and the key of the request, in one
 * statement. null: the key is taken, and nothing was stored.
 */
export async function insertRegistration(
  db: Executor,
  request: CreateRegistrationRequest,
  { batchSize, keyed }: { batchSize: number; keyed: KeyedRequest | null },
): Promise<{ id: bigint; createdAt: Date } | null> {
  const nextId = Prisma.sql`nextval('bulk_registrations_id_seq')`;
  const claim = keyed
    ? claimKey(keyed, 'POST', { registrationId: nextId, attempt: 1 })
    : Prisma.sql`select ${nextId} as registration_id`;
  const rows = await db.$queryRaw<{ id: bigint; createdAt: Date }[]>`
    with claim as (${claim}),
    registration as (
      insert into bulk_registrations (
        id, coordinator_id, activity_type, activity_date, duration_minutes, notes, mentor_ids, mentor_count
      )
      select
        registration_id,
        ${request.coordinator_id},
        ${request.activity_type},
        ${request.activity_date}::date,
        ${request.duration_minutes}::integer,
        ${request.notes ?? null}::text,
        ${textArray(request.mentor_ids)}::text[],
        ${request.mentor_ids.length}::integer
      from claim
      returning id, attempt, created_at
    ),
    work as (
      insert into registration_attempts (registration_id, attempt, override_duplicates, batch_size)
      select id, attempt, ${request.override_duplicates ?? false}::boolean, ${batchSize}::integer
      from registration
    )
    select id, created_at as "createdAt"
    from registration`;
  return rows[0] ?? null;
}

/** One UPDATE is the whole cancel: a batch either passed its fence before it, or fails it. */
export async function cancelIfProcessing(
  db: Executor,
  id: bigint,
  expected: Version | null,
): Promise<boolean> {
  const count = await db.$executeRaw`
    update bulk_registrations
    set status = 'cancelled', completed_at = clock_timestamp(), updated_at = clock_timestamp(),
      last_error = null, last_error_at = null
    where id = ${id}::bigint
      and status = 'processing'
      and ${isUnchanged(expected)}`;
  return count === 1;
}

/** Its attempts and ledger go with it; its activities stay. */
export async function deleteIfFinished(db: Executor, id: bigint, expected: Version | null): Promise<boolean> {
  const count = await db.$executeRaw`
    delete from bulk_registrations
    where id = ${id}::bigint
      and status <> 'processing'
      and ${isUnchanged(expected)}`;
  return count === 1;
}

function isUnchanged(expected: Version | null): Prisma.Sql {
  if (expected === null) return Prisma.sql`true`;
  return Prisma.sql`(
    status = ${expected.status}::registration_status
    and attempt = ${expected.attempt}::integer
    and success_count = ${expected.successCount}::integer
    and failure_count = ${expected.failureCount}::integer
  )`;
}

/** Takes the chain over from whoever rang last; null when it is another runner's, or over. */
export async function takeNextRing(db: Executor, message: Message): Promise<Ring | null> {
  const [next] = await takeNextRings(db, [message]);
  return next ?? null;
}

/** As `takeNextRing`, for many at once: only the chains that were taken come back. */
export function takeNextRings(db: Executor, messages: readonly Message[]): Promise<Ring[]> {
  return db.$queryRaw<Ring[]>`
    update bulk_registrations r
    set ring = r.ring + 1, taken_since = null
    from ${rowsOf(messages)}
    where ${isCurrent}
    returning r.id::text as "registrationId", r.attempt, r.ring, r.mentor_count as "mentorCount"`;
}

/** Notes that a worker had these messages at this moment, by the database's clock. */
export async function noteTaken(db: Executor, messages: readonly Message[]): Promise<void> {
  await db.$executeRaw`
    update bulk_registrations r
    set taken_since = clock_timestamp()
    from ${rowsOf(messages)}
    where ${isCurrent}`;
}

function rowsOf(messages: readonly Message[]): Prisma.Sql {
  return Prisma.sql`
    unnest(
      ${messages.map((message) => BigInt(message.registrationId))}::bigint[],
      ${messages.map((message) => message.attempt)}::integer[],
      ${messages.map((message) => message.ring)}::integer[]
    ) as mine (id, attempt, ring)`;
}

const isCurrent = Prisma.sql`
  r.id = mine.id
  and r.attempt = mine.attempt
  and r.ring = mine.ring
  and r.status = 'processing'`;

/** A message of a registration that is processing and does not move. */
export interface IdleMessage extends Message {
  /** How long ago `noteTaken` saw it; null: it did not, or the registration has moved since. */
  takenForMs: number | null;
}

/** Processing registrations that nothing moved for `idleMs`, in the order of their ids. */
export function listIdle(
  db: Executor,
  { afterId, idleMs, limit }: { afterId: bigint; idleMs: number; limit: number },
): Promise<IdleMessage[]> {
  return db.$queryRaw<IdleMessage[]>`
    select
      id::text as "registrationId",
      attempt,
      ring,
      case when taken_since > updated_at
        then extract(epoch from clock_timestamp() - taken_since)::float8 * 1000
      end as "takenForMs"
    from bulk_registrations
    where status = 'processing'
      and id > ${afterId}::bigint
      and updated_at < clock_timestamp() - ${idleMs}::integer * interval '1 millisecond'
    order by id
    limit ${limit}::integer`;
}

/** Notes that an attempt is held up, since the first fault after its last progress. */
export async function recordDelay(
  db: Executor,
  { registrationId, attempt }: { registrationId: bigint; attempt: number },
  reason: DelayReason,
): Promise<void> {
  await db.$executeRaw`
    update bulk_registrations
    set last_error = ${reason}, last_error_at = coalesce(last_error_at, clock_timestamp())
    where id = ${registrationId}::bigint
      and attempt = ${attempt}::integer
      and status = 'processing'`;
}

/** Where a registration stands. */
export interface Progress extends Omit<Version, 'delayedSince'> {
  mentorCount: number;
}

/** One small row each, whatever the number of mentors. */
export function findProgresses(
  db: Executor,
  ids: readonly bigint[],
): Promise<(Progress & Version & { id: bigint })[]> {
  return db.$queryRaw<(Progress & Version & { id: bigint })[]>`
    select
      id,
      status::text as status,
      attempt,
      mentor_count as "mentorCount",
      success_count as "successCount",
      failure_count as "failureCount",
      last_error_at as "delayedSince"
    from bulk_registrations
    where id = any (${ids}::bigint[])`;
}

export async function findProgress(db: Executor, id: bigint): Promise<(Progress & Version) | null> {
  const [progress] = await findProgresses(db, [id]);
  return progress ?? null;
}
