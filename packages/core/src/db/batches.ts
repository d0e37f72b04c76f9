import type { RegistrationStatus } from '@bulk/contract';
import type { BatchPayload } from '../domain/build-batch-payload.ts';
import type { Message } from '../domain/message.ts';
import { integerArray, textArray } from './array-literal.ts';
import type { Executor } from './executor.ts';
import { Prisma } from './generated/client.ts';
import { type DuplicateCheck, KNOWN_BY_LOOKING_UP, knownDuplicates } from './known-duplicates.ts';

export interface BatchWritten {
  status: RegistrationStatus;
  mentorCount: number;
  successCount: number;
  failureCount: number;
}

/**
 * Writes one batch as one statement in autocommit: the activities, the ledger row with each
 * mentor's result, and the registration's counters and status.
 *
 * The fence comes last. It updates the registration only while it is processing this attempt, and
 * the cast of its row count fails the whole statement otherwise. So every batch either passed its
 * fence before a cancel took the row, or leaves nothing behind. A lock taken at the start would
 * not do: FOR KEY SHARE sees the row as it was before the cancel, FOR SHARE deadlocks with the
 * counters, and an open transaction lets a stopped worker hold its locks.
 *
 * All batches insert in the order of mentor_id, that of `candidate`, and touch the registration last,
 * so two of them can't wait for each other.
 *
 * @throws a driver error that `classifySqlFailure` reads: fenced, settled, duplicate, data or transient
 */
export async function insertBatch(
  db: Executor,
  batch: BatchPayload,
  check: DuplicateCheck,
): Promise<BatchWritten> {
  const rows = await db.$queryRaw<BatchWritten[]>`
    with ${givenBatch(batch)}, ${knownDuplicates(check)}, ${check === 'skip' ? SKIPPING : FAILING}, ${LEDGER_AND_FENCE}`;
  return rows[0] as BatchWritten;
}

/**
 * Writes all of a first attempt, if it fits one batch, as `insertBatch` would with `look_up`: the
 * statement reads for itself what there is to write. null, and nothing is written: it does not fit, or
 * the message is another runner's, or over.
 *
 * @throws as `insertBatch`
 */
export async function insertOnlyBatch(db: Executor, message: Message): Promise<BatchWritten | null> {
  const rows = await db.$queryRaw<BatchWritten[]>`
    with ${storedBatch(message)}, ${KNOWN_BY_LOOKING_UP}, ${FAILING}, ${LEDGER_AND_FENCE}`;
  return rows[0] ?? null;
}

/** Tries the activities of some mentors, as `insertBatch` would, and nothing else. */
export async function tryActivities(tx: Executor, batch: BatchPayload): Promise<void> {
  await tx.$queryRaw`
    with ${givenBatch(batch)}, ${knownDuplicates('skip')}, ${SKIPPING}
    select count(*) from written`;
}

// What the parts of the statement hand on:
// - batch: what the activities have in common, and `positions` as the ledger has them
// - mentor (position, mentor_id, refused_with, id): in the order of position. Ids are taken beforehand,
//   so that what was written need not be matched with its mentor afterwards.
// - known (mentor_id): who has the activity already, as far as the check goes
// - written (id)

function givenBatch(batch: BatchPayload): Prisma.Sql {
  const positions = batch.mentors.map((mentor) => mentor.position);
  const mentorIds = batch.mentors.map((mentor) => mentor.mentorId);
  return Prisma.sql`
    batch as not materialized (
      select
        ${batch.registrationId}::bigint as registration_id,
        ${batch.attempt}::integer as attempt,
        ${batch.batchNo}::integer as batch_no,
        ${batch.activityType}::text as activity_type,
        ${batch.activityDate}::date as activity_date,
        ${batch.durationMinutes}::integer as duration_minutes,
        ${batch.notes}::text as notes,
        ${batch.coordinatorId}::text as coordinator_id,
        ${batch.overrideDuplicates}::boolean as override_duplicates,
        ${consecutive(positions)}::integer[] as positions
    ),
    mentor as materialized (
      select position, mentor_id collate "C" as mentor_id, refused_with, nextval('activities_id_seq') as id
      from unnest(
        ${integerArray(positions)}::integer[], ${textArray(mentorIds)}::text[], ${refusals(batch)}::text[]
      ) as t (position, mentor_id, refused_with)
    )`;
}

function storedBatch({ registrationId, attempt, ring }: Message): Prisma.Sql {
  return Prisma.sql`
    batch as materialized (
      select
        r.id as registration_id,
        r.attempt,
        0 as batch_no,
        r.activity_type,
        r.activity_date,
        r.duration_minutes,
        r.notes,
        r.coordinator_id,
        a.override_duplicates,
        array[1] as positions,
        r.mentor_ids
      from bulk_registrations r
      join registration_attempts a
        on a.registration_id = r.id
        and a.attempt = r.attempt
      where r.id = ${BigInt(registrationId)}::bigint
        and r.attempt = ${attempt}::integer
        and r.ring = ${ring}::integer
        and r.status = 'processing'
        and r.mentor_count <= a.batch_size
        and a.positions is null
    ),
    mentor as materialized (
      select position::integer, mentor_id, null as refused_with, nextval('activities_id_seq') as id
      from batch
      cross join lateral unnest(mentor_ids) with ordinality as m (mentor_id, position)
    )`;
}

const SKIP = Prisma.sql`on conflict on constraint activities_once_per_mentor do nothing`;

/** Occurrence 0 is the activity, and at most one can be; null is one more, by override. */
function activityInserts({ skips }: { skips: boolean }): Prisma.Sql {
  const insertWith = (occurrence: Prisma.Sql) => Prisma.sql`
    insert into activities (
      id, mentor_id, activity_type, activity_date, occurrence,
      duration_minutes, notes, coordinator_id, bulk_registration_id
    )
    select
      id, mentor_id, activity_type, activity_date, ${occurrence},
      duration_minutes, notes, coordinator_id, registration_id
    from batch
    cross join candidate`;
  const more = Prisma.sql`
    more as (
      ${insertWith(Prisma.sql`null`)}
      where override_duplicates and id not in (select id from first)
      returning id
    ),`;
  return Prisma.sql`
    candidate as materialized (
      select
        id,
        mentor_id,
        case when mentor_id not in (select mentor_id from known) then 0 end as occurrence
      from batch
      cross join mentor
      where refused_with is null
      order by mentor_id
    ),
    first as (
      ${insertWith(Prisma.sql`occurrence`)}
      where override_duplicates or occurrence = 0
      ${skips ? SKIP : Prisma.empty}
      returning id
    ),
    ${skips ? more : Prisma.empty}
    written as (
      select id from first
      ${skips ? Prisma.sql`union all select id from more` : Prisma.empty}
    )`;
}

const FAILING = activityInserts({ skips: false });
const SKIPPING = activityInserts({ skips: true });

const LEDGER_AND_FENCE = Prisma.sql`
  tally as (
    select (select count(*) from mentor) as mentors, (select count(*) from written) as successes
  ),
  results as (
    select
      coalesce(written.id, 0) as activity_id,
      case
        when mentor.refused_with is not null then mentor.refused_with
        when written.id is null then 'duplicate'
        else ''
      end as error_code
    from mentor
    left join written using (id)
    order by mentor.position
  ),
  entries as (
    -- In most batches everybody succeeds, and the ids follow each other.
    select
      case when max(id) - min(id) = count(*) - 1 then array[min(id)] else array_agg(id) end as activity_ids,
      array[''] as error_codes
    from mentor
    where (select successes = mentors from tally)
    having count(*) > 0
    union all
    select
      case when max(activity_id) = 0 then array[0] else array_agg(activity_id) end,
      case when min(error_code) = max(error_code) then array[min(error_code)] else array_agg(error_code) end
    from results
    where (select successes < mentors from tally)
    having count(*) > 0
  ),
  ledger as (
    insert into registration_batches (
      registration_id, attempt, batch_no,
      positions, activity_ids, error_codes, success_count, failure_count
    )
    select
      registration_id, attempt, batch_no,
      positions, activity_ids, error_codes, successes, mentors - successes
    from batch
    cross join entries
    cross join tally
    returning success_count, failure_count
  ),
  fence as (
    update bulk_registrations r
    set
      success_count = r.success_count + ledger.success_count,
      failure_count = r.failure_count + ledger.failure_count,
      status = case
        when r.success_count + r.failure_count + ledger.success_count + ledger.failure_count < r.mentor_count
          then 'processing'
        when r.success_count + ledger.success_count > 0 then 'completed'
        else 'failed'
      end::registration_status,
      completed_at = case
        when r.success_count + r.failure_count + ledger.success_count + ledger.failure_count = r.mentor_count
          then clock_timestamp()
      end,
      updated_at = clock_timestamp(),
      last_error = null,
      last_error_at = null
    from ledger
    where r.id = (select registration_id from batch)
      and r.attempt = (select attempt from batch)
      and r.status = 'processing'
    returning r.status, r.mentor_count, r.success_count, r.failure_count
  )
  select
    (fence.status is not null)::integer::registration_is_ours,
    fence.status::text as status,
    fence.mentor_count as "mentorCount",
    fence.success_count as "successCount",
    fence.failure_count as "failureCount"
  from batch
  left join fence on true`;

/** As the ledger has it: the first stands for all when they are consecutive. */
function consecutive(positions: readonly number[]): string {
  const [first = 0, last = first] = [positions[0], positions.at(-1)];
  return integerArray(last - first === positions.length - 1 ? [first] : positions);
}

/** Up to the last one that is refused: unnest makes null of what is missing. */
function refusals({ mentors }: BatchPayload): string {
  const codes = mentors.map(({ refusedWith }) => refusedWith ?? 'null');
  return `{${codes.slice(0, mentors.findLastIndex(({ refusedWith }) => refusedWith !== null) + 1).join(',')}}`;
}
