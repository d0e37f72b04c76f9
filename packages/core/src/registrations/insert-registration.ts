import type { CreateRegistrationRequest } from '@bulk/contract';
import { buildBatchPayloads } from '../batches/build-batch-payload.ts';
import { insertBatches } from '../batches/insert-batches.ts';
import type { Executor } from '../database/executor.ts';
import { Prisma } from '../database/generated/client.ts';
import { claimKey, type KeyedRequest } from './idempotency-keys.ts';

/**
 * Stores a registration, its batches and the key of the request, in one statement. Returns null, and
 * stores nothing, when the key is taken.
 *
 * @throws the database's error for a taken external reference (`isReferenceTaken`)
 */
export async function insertRegistration(
  db: Executor,
  request: CreateRegistrationRequest,
  { batchSize, keyed, createdBy }: { batchSize: number; keyed: KeyedRequest | null; createdBy: string },
): Promise<{ id: bigint; createdAt: Date } | null> {
  const nextId = Prisma.sql`nextval('bulk_registrations_id_seq')`;
  const claim = keyed
    ? claimKey(keyed, 'POST', { registrationId: nextId, attempt: 1 })
    : Prisma.sql`select ${nextId} as registration_id`;
  const batches = buildBatchPayloads(request.mentor_ids, batchSize, request.override_mentor_ids);
  const rows = await db.$queryRaw<{ id: bigint; createdAt: Date }[]>`
    with claim as (${claim}),
    registration as (
      insert into bulk_registrations (
        id, coordinator_id, activity_type, activity_date, duration_minutes, notes, mentor_count, override_duplicates,
        created_by, label, external_reference
      )
      select
        registration_id,
        ${request.coordinator_id},
        ${request.activity_type},
        ${request.activity_date}::date,
        ${request.duration_minutes}::integer,
        ${request.notes ?? null}::text,
        ${request.mentor_ids.length}::integer,
        ${request.override_duplicates ?? false}::boolean,
        ${createdBy},
        ${request.label ?? null}::text,
        ${request.external_reference ?? null}::text
      from claim
      returning id as registration_id, attempt, created_at
    ),
    batches as (${insertBatches(Prisma.sql`registration`, batches)})
    select registration_id as id, created_at as "createdAt"
    from registration`;
  return rows[0] ?? null;
}
