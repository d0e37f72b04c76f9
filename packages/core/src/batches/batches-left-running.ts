import { Prisma } from '../database/generated/client.ts';

/**
 * Selects and locks the batches of a cancelled registration, with its attempt. A batch that was running when it was cancelled has
 * locked its row, and is on its way to the row of the registration. Whoever needs both locks them in this
 * order too, or the two would wait for each other. In other states no batch is on its way.
 *
 * A cancel may come right after this. So check that the row has the same attempt, if it is cancelled, when it is locked.
 */
export function batchesLeftRunning(registrationId: bigint): Prisma.Sql {
  return Prisma.sql`
    select r.attempt
    from registration_batches b
    join bulk_registrations r on r.id = b.registration_id
    where r.id = ${registrationId}::bigint
      and r.status = 'cancelled'
    order by b.attempt, b.batch_no
    for update of b`;
}
