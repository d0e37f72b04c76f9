import type pg from 'pg';
import { partitionActivities } from '../../packages/core/src/activities/partition-activities.ts';
import { addMonth } from '../../packages/core/src/activities/partitions.ts';
import type { Installation } from '../installation.ts';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { postDuplicates, postUntilCompleted } from './mentors.ts';
import { fillWithActivities } from './present.ts';

const WHY_SLOWER =
  'The median of eleven runs is 0.96. PostgreSQL looks up the partition of each row. Two runs differ by more: on two cores a table of 10 million was written 0.97 to 1.09 times as fast as an empty one.';

const YEARS = [2020, 2021, 2022];

/** Whether writing is slower where `npm run partition` has been used, and three years have passed. */
export const partitions: Family = {
  name: 'partitions',
  async measure(world) {
    const plain = await world.install();
    const partitioned = await world.install();
    await partitionByMonth(partitioned);
    for (const { pool } of [plain, partitioned]) await fillWithActivities(pool);
    const writing = await inTurn(
      { ours: () => postUntilCompleted(partitioned), theirs: () => postUntilCompleted(plain) },
      { rounds: 15 },
    );
    const failing = await inTurn(
      {
        ours: () => postDuplicates(partitioned, 'failures'),
        theirs: () => postDuplicates(plain, 'failures'),
      },
      { rounds: 9 },
    );
    const row = (what: string, { ours, theirs }: typeof writing) =>
      compared(what, 'mentors/s', ours, 'in one table', theirs, atLeast(0.97), WHY_SLOWER);
    return [
      row('POST of 100,000 until completed, 10 million activities in 36 partitions', writing),
      row('the same, all of them duplicates, in 36 partitions', failing),
    ];
  },
};

async function partitionByMonth({ databaseUrl, pool }: Installation): Promise<void> {
  await partitionActivities(databaseUrl);
  await dropOldTable(pool);
  for (const year of YEARS) {
    for (let month = 1; month <= 12; month += 1) {
      for (const statement of addMonth(`${year}-${String(month).padStart(2, '0')}`))
        await pool.query(statement);
    }
  }
}

/** It is empty, and would have the days of these years. */
async function dropOldTable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ name: string }>(
    String.raw`select relname as name from pg_class where relname like 'activities\_before\_%' and relkind = 'r'`,
  );
  await pool.query(`drop table ${rows[0]?.name}`);
}
