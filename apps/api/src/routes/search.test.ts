import {
  BASE_PATH,
  type ListRegistrationsResponse,
  SEARCH_PATH,
  type SearchResponse,
  TOTALS_PATH,
  type TotalsResponse,
} from '@bulk/contract';
import { createApiKey, createTestDeps, runChain, submit, type TestDeps } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';
import { ODD_TEXTS } from '../testing/hostile/texts.ts';

let deps: TestDeps;
let app: App;
let admin: string;
let scoped: string;
beforeEach(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { API_AUTH: 'keys' } });
  app = await buildApp(deps);
  const key = { role: 'viewer', expiresAt: null } as const;
  admin = await createApiKey(deps.db, { ...key, name: 'all', coordinatorIds: null });
  scoped = await createApiKey(deps.db, { ...key, name: 'some', coordinatorIds: ['coord-1', 'coord-3'] });
});
afterEach(async () => {
  await app.close();
  await deps.close();
});

async function ask<T>(url: string, key = admin) {
  const response = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
  return { status: response.statusCode, body: response.json<T>() };
}
const search = async (q: string, key = admin) =>
  (await ask<SearchResponse>(`${SEARCH_PATH}?q=${encodeURIComponent(q)}`, key)).body.data;
const named = async (q: string, key = admin) => (await search(q, key)).map(({ kind, id }) => [kind, id]);
const today = new Date().toISOString().slice(0, 10);

async function register(fields: Parameters<typeof submit>[1]) {
  const id = await submit(deps, { activity_date: today, ...fields });
  await runChain(deps, id);
  return id;
}

test('tells what a text names', async () => {
  await register({ coordinator_id: 'coord-1', activity_type: 'workshop', mentor_ids: ['m-1', '1'] });
  await register({ coordinator_id: 'coord-2', activity_type: 'work', mentor_ids: ['m-1'] });
  const registration = { kind: 'registration', id: 'bulk-001', title: `workshop on ${today}, 2 mentors` };
  for (const q of ['bulk-001', 'bulk-1', ' BULK-0001 ']) expect(await search(q)).toEqual([registration]);
  expect(await search('1')).toEqual([
    registration,
    { kind: 'mentor', id: '1', title: `1, last activity workshop on ${today}` },
  ]);
  const [activity] = await search('pa-1');
  expect(activity).toMatchObject({ kind: 'activity', id: 'pa-001', title: `workshop on ${today}, m-1` });
  expect(await named('m-1')).toEqual([['mentor', 'm-1']]);
  expect(await named('m-')).toEqual([]);
  expect(await named('coord-')).toEqual([
    ['coordinator', 'coord-1'],
    ['coordinator', 'coord-2'],
  ]);
  expect(await named('wor')).toEqual([
    ['activity_type', 'work'],
    ['activity_type', 'workshop'],
  ]);
  expect(await named('bulk-999')).toEqual([]);
  await register({ coordinator_id: 'coord-2', external_reference: 'crm-7' });
  await register({ coordinator_id: 'coord-1', external_reference: 'crm-7' });
  expect(await named('crm-7')).toEqual([
    ['registration', 'bulk-004'],
    ['registration', 'bulk-003'],
  ]);
  expect(await named('crm-7', scoped)).toEqual([['registration', 'bulk-004']]);
});

test('finds ten at most, and none that does not begin with the text', async () => {
  for (let n = 10; n < 22; n += 1) await submit(deps, { coordinator_id: `c-${n}` });
  await submit(deps, { coordinator_id: 'd-1' });
  expect(await named('c-')).toHaveLength(10);
  expect(await named('c-2')).toEqual([
    ['coordinator', 'c-20'],
    ['coordinator', 'c-21'],
  ]);
  expect(await named('c-%')).toEqual([]);
});

test('a key with coordinators finds only what is theirs', async () => {
  await register({ coordinator_id: 'coord-1', activity_type: 'workshop', mentor_ids: ['m-1'] });
  await register({ coordinator_id: 'coord-2', activity_type: 'works', mentor_ids: ['m-2'] });
  for (const q of ['bulk-002', '2', 'pa-002', 'm-2', 'coord-2', 'works\u0301']) {
    expect([q, await search(q, scoped)]).toEqual([q, []]);
  }
  for (const q of ['bulk-001', 'pa-001', 'm-1']) expect(await search(q, scoped)).toHaveLength(1);
  expect(await named('works', scoped)).toEqual([['activity_type', 'workshop']]);
  expect(await named('coord', scoped)).toEqual([
    ['coordinator', 'coord-1'],
    ['coordinator', 'coord-3'],
  ]);
});

test('odd texts are only texts', async () => {
  await register({ mentor_ids: ODD_TEXTS });
  for (const text of ODD_TEXTS) {
    expect(await search(text)).toContainEqual(expect.objectContaining({ kind: 'mentor', id: text }));
  }
});

test.each(['', '?q=', '?q=%20', '?q=%00', `?q=${'q'.repeat(201)}`, '?q=a&q=b'])(
  'the search %j is a 400 that names q',
  async (query) => {
    expect(await ask(`${SEARCH_PATH}${query}`)).toMatchObject({
      status: 400,
      body: { errors: [{ parameter: 'q' }] },
    });
  },
);

test('the totals count what is processing, failed and registered lately, for each scope', async () => {
  await register({ coordinator_id: 'coord-1', mentor_ids: ['a', 'b'] });
  await register({ coordinator_id: 'coord-2', mentor_ids: ['a', 'b', 'c'] });
  await register({ coordinator_id: 'coord-1', mentor_ids: ['a'] });
  await submit(deps, { coordinator_id: 'coord-2' });
  await register({ coordinator_id: 'coord-1', mentor_ids: ['old'] });
  await register({ coordinator_id: 'coord-1', mentor_ids: ['old'] });
  await deps.db.prisma.$executeRaw`
    update bulk_registrations set created_at = created_at - interval '8 days' where id in (5, 6)`;

  const totals = async (key: string) => (await ask<TotalsResponse>(TOTALS_PATH, key)).body;
  const exact = (count: number) => ({ count, is_exact: true });
  expect(await totals(admin)).toEqual({
    processing: exact(1),
    failed_last_day: exact(1),
    mentors_last_week: exact(3),
  });
  expect(await totals(scoped)).toEqual({
    processing: exact(0),
    failed_last_day: exact(1),
    mentors_last_week: exact(2),
  });
});

test('the list goes from the oldest to the newest, page by page', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) ids.push(await submit(deps));
  await deps.db.prisma
    .$executeRaw`update bulk_registrations set created_at = '2026-03-01' where id in (2, 3, 4)`;
  const oldest = [...ids.slice(1, 4), ids[0], ids[4]];
  const list = async (query: string) => (await ask<ListRegistrationsResponse>(`${BASE_PATH}?${query}`)).body;
  for (const [sort, expected] of [
    ['created_at', oldest],
    ['-created_at', oldest.toReversed()],
  ] as const) {
    const first = await list(`sort=${sort}&limit=2`);
    const rest = await list(`sort=${sort}&after=${first.pagination.next_cursor}`);
    expect([...first.data, ...rest.data].map(({ id }) => id)).toEqual(expected);
  }
  expect(await ask(`${BASE_PATH}?sort=success_count`)).toMatchObject({
    status: 400,
    body: { errors: [{ parameter: 'sort' }] },
  });
});
