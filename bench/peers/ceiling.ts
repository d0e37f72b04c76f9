import type pg from 'pg';
import { eachOf, ratePerSecond } from '../measure.ts';
import type { Work } from '../work.ts';

const CHUNK = 1_000;

const INSERT = {
  name: 'ceiling',
  text: `
    insert into activities (
      mentor_id, activity_type, activity_date, occurrence,
      duration_minutes, notes, coordinator_id, bulk_registration_id
    )
    select mentor_id, $2, $3::date, 0, $4::integer, $5, $6, 0
    from unnest($1::text[]) as t (mentor_id)`,
};

/**
 * The ceiling: the activities alone, 1,000 a statement, prepared, in autocommit, by the bare driver
 * into the service's own table with its indexes. No results, no counters, no queue,
 * no HTTP: nothing that writes these rows durably can be much faster.
 *
 * @param connections as many as the service uses at once
 * @returns mentors per second
 */
export async function ceiling(pool: pg.Pool, work: Work, connections: number): Promise<number> {
  const { mentor_ids, activity_type, activity_date, duration_minutes, notes, coordinator_id } = work;
  const insert = (index: number) => {
    const chunk = mentor_ids.slice(index * CHUNK, (index + 1) * CHUNK);
    const values = [chunk, activity_type, activity_date, duration_minutes, notes, coordinator_id];
    return pool.query({ ...INSERT, values });
  };
  const chunks = Math.ceil(mentor_ids.length / CHUNK);
  return ratePerSecond(mentor_ids.length, () => eachOf(chunks, connections, insert));
}
