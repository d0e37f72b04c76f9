import type pg from 'pg';
import type { Installation } from '../installation.ts';
import { inTurn, timed } from '../measure.ts';
import { peakMib, residentMib } from '../process-memory.ts';
import { atMost, compared, type Family, figure, type Row } from '../row.ts';
import type { ServiceClient } from '../service-client.ts';
import { newWork } from '../work.ts';
import type { World } from '../world.ts';

const MENTORS = 100_000;

/** All results of a large registration in one answer. */
export const details: Family = {
  name: 'details',
  async measure(world) {
    const { installation, id } = await withLargeRegistration(world);
    const { client, pool } = installation;
    const { ours, theirs } = await inTurn(
      { ours: () => timed(() => getWhole(client, id)), theirs: () => timed(() => aggregateView(pool, id)) },
      { rounds: 5 },
    );

    return [
      compared(
        'GET of 100,000 results',
        'ms',
        ours,
        'json_agg over the view',
        theirs,
        atMost(0.6),
        'Met on two cores, 0.48 to 0.57. On one core the client, the API and PostgreSQL take turns.',
      ),
      await memoryRow(world, 1, 64),
      await memoryRow(world, 10, 128),
    ];
  },
};

/** In an API that has just started, so that memory it already holds does not hide what it takes. */
async function memoryRow(world: World, atOnce: number, limitMib: number): Promise<Row> {
  const { installation, id } = await withLargeRegistration(world);
  await installation.restartApi();
  const { client, api } = installation;
  for (let warmUp = 0; warmUp < 20; warmUp += 1) await client.get(`/${id}?view=status`);
  const before = residentMib(api.pid);
  const peak = await peakMib(api.pid, () =>
    Promise.all(Array.from({ length: atOnce }, () => getWhole(client, id))),
  );
  const number = atOnce === 1 ? 'one' : 'ten at once';
  return figure(
    `memory of the API for ${number}, above what it held before`,
    'MiB',
    [peak - before],
    atMost(limitMib),
  );
}

const PAGE = 1_000;
const FAR = 90_000;

/** One page of results, wherever it lies. */
export const pages: Family = {
  name: 'pages',
  async measure(world) {
    const { installation, id } = await withLargeRegistration(world);
    const { client } = installation;
    const first = `/${id}/results?limit=${PAGE}`;
    const far = pageAfter(first, await cursorAt(client, first, FAR));
    const { ours, theirs } = await inTurn(
      { ours: () => timed(() => getPage(client, far)), theirs: () => timed(() => getPage(client, first)) },
      { rounds: 50, warmUps: 10 },
    );
    const what = '/results: a page of 1,000 at position 90,000 of 100,000';
    return [compared(what, 'ms', ours, 'the first page', theirs, atMost(2))];
  },
};

interface ResultsPage {
  data: unknown[];
  pagination: { next_cursor: string | null };
}

async function cursorAt(client: ServiceClient, first: string, position: number): Promise<string> {
  let cursor: string | null = null;
  for (let seen = 0; seen < position; seen += PAGE) {
    const page = await getPage(client, cursor === null ? first : pageAfter(first, cursor));
    cursor = page.pagination.next_cursor;
  }
  if (cursor === null) throw new Error('the pages ended early');
  return cursor;
}

function pageAfter(first: string, cursor: string): string {
  return `${first}&after=${encodeURIComponent(cursor)}`;
}

async function getPage(client: ServiceClient, path: string): Promise<ResultsPage> {
  const page = JSON.parse((await client.get(path)).body) as ResultsPage;
  if (page.data.length !== PAGE) throw new Error(`${path} has ${page.data.length} results`);
  return page;
}

async function withLargeRegistration(world: World): Promise<{ installation: Installation; id: string }> {
  const installation = await world.install();
  const { id } = await installation.client.submit(JSON.stringify(newWork(MENTORS)));
  await installation.client.finished(id);
  return { installation, id };
}

async function getWhole(client: ServiceClient, id: string): Promise<void> {
  const { status, body } = await client.get(`/${id}`);
  if (status !== 200 || body.length < 50 * MENTORS)
    throw new Error(`GET was answered with ${status}, ${body.length}`);
}

/** The usual alternative: the database makes the whole answer from its view. */
async function aggregateView(pool: pg.Pool, id: string): Promise<void> {
  await pool.query({
    name: 'aggregate-view',
    text: `
      select json_agg(
        json_build_object('mentor_id', mentor_id, 'activity_id', activity_id, 'status', status)
        order by position
      )::text as results
      from registration_results
      where registration_id = $1`,
    values: [Number(id.slice('bulk-'.length))],
  });
}
