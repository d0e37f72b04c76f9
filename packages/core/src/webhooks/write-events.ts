import { Prisma } from '../database/generated/client.ts';

/**
 * Makes the part of a statement that writes an event for each registration that has reached a final status: what
 * changes the registration writes the event too, or neither is written.
 *
 * @param changed the name of a part of the statement, which returns id, status, attempt, mentor_count,
 *   success_count, failure_count, undone_count, kept_count and undo_count as they are after the change: when it has
 *   waited for a change of somebody else, the statement still reads the table as it was before that
 */
export function writeEvents(changed: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    insert into webhook_deliveries (registration_id, type, data, expires_at)
    select
      changed.id,
      'registration.' || changed.status,
      json_build_object(
        'status', changed.status,
        'coordinator_id', r.coordinator_id,
        'activity_type', r.activity_type,
        'activity_date', r.activity_date,
        'mentor_count', changed.mentor_count,
        'success_count', changed.success_count,
        'failure_count', changed.failure_count,
        'undone_count', changed.undone_count,
        'kept_count', changed.kept_count,
        'retry_count', changed.attempt - 1 - changed.undo_count
      ),
      clock_timestamp() + ${KEEPS_TRYING}
    from ${changed} as changed
    join bulk_registrations r on r.id = changed.id
    where changed.status <> 'processing'`;
}

/** How long a delivery is tried before it is given up. */
export const KEEPS_TRYING = Prisma.sql`interval '24 hours'`;
