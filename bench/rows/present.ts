import type pg from 'pg';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { postUntilCompleted } from './mentors.ts';

const DAYS = 1_000;
const PRESENT_A_DAY = 10_000;

/** Whether writing slows down as activities pile up. */
export const present: Family = {
  name: 'present',
  async measure(world) {
    const empty = await world.install();
    const full = await world.install();
    await fillWithActivities(full.pool);
    const { ours, theirs } = await inTurn(
      { ours: () => postUntilCompleted(full), theirs: () => postUntilCompleted(empty) },
      { rounds: 4 },
    );
    const what = 'POST of 100,000 until completed, 10 million activities present';
    return [compared(what, 'mentors/s', ours, 'none present', theirs, atLeast(0.85))];
  },
};

/** Ten million activities of a thousand days, those of the measured registrations among them, by SQL. */
export async function fillWithActivities(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into activities (
       mentor_id, activity_type, activity_date, duration_minutes, coordinator_id, bulk_registration_id
     )
     select 'member-' || mentor, 'group_workshop', date '2020-01-01' + day, 60, 'coord-1', 0
     from generate_series(0, $1::integer - 1) as day
     cross join generate_series(1, $2::integer) as mentor`,
    [DAYS, PRESENT_A_DAY],
  );
  // As autovacuum and the checkpointer leave it a while later, only not in the middle of the measuring.
  await pool.query('vacuum (analyze) activities');
  await pool.query('checkpoint');
}
