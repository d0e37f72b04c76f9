import { addMonth, partitionActivities } from '@bulk/core';
import type pg from 'pg';
import type { Installation } from '../installation.ts';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { newWork } from '../work.ts';

const MENTORS = 100_000;

/** From the first day of `newWork` on. */
const MONTHS = Array.from({ length: 36 }, (_, month) =>
  new Date(Date.UTC(2020, month)).toISOString().slice(0, 7),
);

/** What partitions cost: activities of 36 months with a partition each, compared with a table that is not partitioned. */
export const partitions: Family = {
  name: 'partitions',
  async measure(world) {
    const plain = await world.install();
    const divided = await world.install();
    await divide(divided);
    await fill(plain.pool);
    await fill(divided.pool);
    const ids = { plain: '', divided: '' };
    const figures = await inTurn(
      {
        plain: async () => rate(await made(plain, 'plain')),
        divided: async () => rate(await made(divided, 'divided')),
        plainUndone: async () => rate(await plain.client.untilUndone(ids.plain)),
        dividedUndone: async () => rate(await divided.client.untilUndone(ids.divided)),
      },
      { rounds: 7 },
    );
    const of36 = (what: string, ours: number[], theirs: number[]) =>
      compared(what, 'mentors/s', ours, 'not partitioned', theirs, atLeast(0.8));
    return [
      of36('POST of 100,000 until completed, 36 partitions', figures.divided, figures.plain),
      of36('undo of 100,000 until undone, 36 partitions', figures.dividedUndone, figures.plainUndone),
    ];

    async function made({ client }: Installation, name: keyof typeof ids): Promise<number> {
      const { id, sentAtMs } = await client.submit(JSON.stringify(newWork(MENTORS)));
      ids[name] = id;
      return (await client.finished(id)).atMs - sentAtMs;
    }
  },
};

/** As `npm run partition` and 36 months later, when what was there before is dropped. */
async function divide({ databaseUrl, pool }: Installation): Promise<void> {
  await partitionActivities(databaseUrl);
  const { rows } = await pool.query<{ name: string }>(
    `select relname as name from pg_class where relkind = 'r' and relname like 'activities_before_%'`,
  );
  await pool.query(`drop table ${rows[0]?.name}`);
  for (const statement of MONTHS.flatMap(addMonth)) await pool.query(statement);
}

/** A million activities in these months. */
async function fill(pool: pg.Pool): Promise<void> {
  await pool.query(
    `insert into activities (
       mentor_id, activity_type, activity_date, duration_minutes, coordinator_id, bulk_registration_id
     )
     select 'mentor-' || n, 'earlier', date '2020-01-01' + n % 1096, 60, 'coord-42', 0
     from generate_series(1, 1000000) n`,
  );
  await pool.query('vacuum (analyze) activities');
}

function rate(ms: number): number {
  return MENTORS / (ms / 1_000);
}
