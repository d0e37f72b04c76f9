import type pg from 'pg';
import { inTurn, timed } from '../measure.ts';
import { atMost, compared, type Family, figure, type Row } from '../row.ts';
import type { ServiceClient } from '../service-client.ts';

const FEW = 1_000;
const MANY = 1_000_000;
const LIMIT = 20;
const ROUNDS = { rounds: 60, warmUps: 15 };

const FILTERS = [
  'status=failed',
  'status=cancelled',
  'coordinator_id=coord-7',
  'activity_type=workshop_3&has_failures=true',
  'from=2026-09-01',
  `page=${10_000 / 20}`,
];

/** What the list costs as registrations pile up. */
export const list: Family = {
  name: 'list',
  async measure(world) {
    const small = await world.install({ workers: 0 });
    const large = await world.install({ workers: 0 });
    await fill(small.pool, FEW);
    await fill(large.pool, MANY);
    const first = `?limit=${LIMIT}`;
    const pages = { few: await middle(small.pool, FEW), many: await middle(large.pool, MANY) };

    const figures = await inTurn(
      {
        few: () => timedGet(small.client, first),
        many: () => timedGet(large.client, first),
        fewInTheMiddle: () => timedGet(small.client, pages.few),
        manyInTheMiddle: () => timedGet(large.client, pages.many),
      },
      ROUNDS,
    );
    const againstFew = (what: string, ours: number[], theirs: number[]) =>
      compared(`list, ${what}, of 1,000,000`, 'ms', ours, 'of 1,000', theirs, atMost(2));
    const rows: Row[] = [
      againstFew('first page with its total', figures.many, figures.few),
      againstFew('by cursor from the middle', figures.manyInTheMiddle, figures.fewInTheMiddle),
    ];
    for (const filter of FILTERS) {
      const { ours } = await inTurn(
        { ours: () => timedGet(large.client, `${first}&${filter}`) },
        { rounds: 7 },
      );
      rows.push(figure(`list of 1,000,000, counted: ${filter}`, 'ms', ours, atMost(200)));
    }
    return rows;
  },
};

/** Small registrations of the last years, by SQL: most of them completed, a tenth failed. */
async function fill(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into bulk_registrations (
       coordinator_id, activity_type, activity_date, duration_minutes, override_duplicates, mentor_count,
       status, success_count, failure_count, created_at, updated_at, completed_at
     )
     select
       'coord-' || n % 1000, 'workshop_' || n % 10, date '2024-01-01' + n % 1000, 60, false, 2,
       (case when n % 10 = 0 then 'failed' else 'completed' end)::registration_status,
       case when n % 10 = 0 then 0 else 2 end,
       case when n % 10 = 0 then 2 else 0 end,
       at, at, at
     from generate_series(1, $1::integer) as n
     cross join lateral (select now() - ($1::integer - n) * interval '1 minute' as at) as created`,
    [count],
  );
  // As autovacuum leaves it a minute later, only not in the middle of the measuring.
  await pool.query('vacuum (analyze) bulk_registrations');
}

/** @returns the address of the page that a cursor in the middle leads to */
async function middle(pool: pg.Pool, count: number): Promise<string> {
  const { rows } = await pool.query<{ ms: string }>(
    'select floor(extract(epoch from created_at) * 1000)::text as ms from bulk_registrations where id = $1',
    [count / 2],
  );
  const cursor = Buffer.from(`${rows[0]?.ms}.${count / 2}`).toString('base64url');
  return `?limit=${LIMIT}&after=${cursor}`;
}

function timedGet(client: ServiceClient, path: string): Promise<number> {
  return timed(async () => {
    const { status, body } = await client.get(path);
    if (status !== 200) throw new Error(`GET ${path} was answered with ${status}: ${body}`);
  });
}
