import { ACTIVITIES_PATH, type ListMentorActivitiesResponse, MENTORS_PATH } from '@bulk/contract';
import { createApiKey, createTestDeps, runChain, submit, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
let admin: string;
let scoped: string;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { API_AUTH: 'keys' } });
  app = await buildApp(deps);
  const key = { role: 'viewer', expiresAt: null } as const;
  admin = await createApiKey(deps.db, { ...key, name: 'all', coordinatorIds: null });
  scoped = await createApiKey(deps.db, { ...key, name: 'some', coordinatorIds: ['coord-1'] });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

async function ask<T = Record<string, unknown>>(url: string, key = admin) {
  const response = await app.inject({ url, headers: { authorization: `Bearer ${key}` } });
  return { status: response.statusCode, body: response.json<T>() };
}
const listUrl = (mentor: string, query = '') =>
  `${MENTORS_PATH}/${encodeURIComponent(mentor)}/activities${query}`;
const list = (mentor: string, query = '', key = admin) =>
  ask<ListMentorActivitiesResponse>(listUrl(mentor, query), key);

/** A day so many days from today. */
const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

async function register(mentor: string, date: string, fields: Parameters<typeof submit>[1] = {}) {
  const id = await submit(deps, { mentor_ids: [mentor, 'somebody'], activity_date: date, ...fields });
  await runChain(deps, id);
  return id;
}

/** All pages, and how many there were. */
async function pagesOf(mentor: string, query: string) {
  const pages: ListMentorActivitiesResponse['data'][] = [];
  for (let after = ''; ; ) {
    const { body } = await list(mentor, `${query}${after}`);
    pages.push(body.data);
    if (body.pagination.next_cursor === null) return pages;
    after = `&after=${body.pagination.next_cursor}`;
  }
}

test('a mentor has activities of all days and types, the latest first, page by page', async () => {
  for (const days of [-30, -3, -10]) await register('m-1', day(days));
  await register('m-1', day(-3), { activity_type: 'call' });
  await register('m-1', day(-3), { override_duplicates: true });
  await register('m-2', day(-5));

  const { status, body } = await list('m-1');
  expect(status).toBe(200);
  expect(
    body.data.map(({ activity_date, activity_type, is_override }) => [
      activity_date,
      activity_type,
      is_override,
    ]),
  ).toEqual([
    [day(-3), 'group_workshop', true],
    [day(-3), 'group_workshop', false],
    [day(-3), 'call', false],
    [day(-10), 'group_workshop', false],
    [day(-30), 'group_workshop', false],
  ]);
  for (const limit of [1, 2, 3, 5]) {
    const pages = await pagesOf('m-1', `?limit=${limit}`);
    expect(pages.flat()).toEqual(body.data);
    expect(pages).toHaveLength(Math.ceil(5 / limit));
  }
  expect((await list('m-1', `?from=${day(-10)}&to=${day(-4)}`)).body.data).toEqual([body.data[3]]);
});

test('only the last two years and the next one are listed, unless other days are asked for', async () => {
  await register('m-old', day(-800));
  await register('m-old', day(400));
  expect((await list('m-old')).body.data).toEqual([]);
  expect((await list('m-old', `?from=${day(-800)}&to=${day(400)}`)).body.data).toHaveLength(2);
});

test.each([
  'a/b',
  '../x',
  '%00',
  '?q=1#x',
  'Ünï 👩‍👩‍👧‍👦',
  "' or 1=1--",
  'bulk-001',
  'a"b\\c{},',
  '%',
  ' x ',
])('a mentor may be called %j', async (mentor) => {
  await register(mentor, day(-1), { activity_type: `type of ${mentor}` });
  const { body } = await list(mentor);
  expect(body.data.map(({ mentor_id }) => mentor_id)).toEqual([mentor]);
});

test.each([
  [listUrl('\u0000'), 'mentor'],
  [listUrl('m'.repeat(65)), 'mentor'],
  [listUrl(' '), 'mentor'],
  [listUrl('m', '?from=2026-02-30'), 'from'],
  [listUrl('m', '?from=2026-03-02&to=2026-03-01'), 'from'],
  [listUrl('m', '?to=1999-01-01'), 'to'],
  [listUrl('m', '?limit=0'), 'limit'],
  [listUrl('m', '?after=x'), 'after'],
  [listUrl('m', `?after=${Buffer.from('2026-02-30 1 a').toString('base64url')}`), 'after'],
  [listUrl('m', `?after=${Buffer.from('2026-03-01 1 \u0000').toString('base64url')}`), 'after'],
  [listUrl('m', '?page=1'), 'page'],
  [`${ACTIVITIES_PATH}/pa-001?x=1`, 'x'],
])('%s is a 400 that names %s', async (url, parameter) => {
  expect(await ask(url)).toMatchObject({
    status: 400,
    body: { errors: [{ parameter, detail: expect.any(String) }] },
  });
});

test('an activity is read with its registration, also after the registration is deleted', async () => {
  const id = await register('m-3', day(-2), { notes: 'Kick-off' });
  const [activity] = (await list('m-3')).body.data;
  const url = `${ACTIVITIES_PATH}/${activity?.id}`;
  expect(await ask(url)).toMatchObject({
    status: 200,
    body: {
      ...activity,
      mentor_id: 'm-3',
      notes: 'Kick-off',
      registration_id: id,
      registration: { id, status: 'completed' },
    },
  });
  await deps.db.prisma
    .$executeRaw`delete from bulk_registrations where ${id} = 'bulk-' || lpad(id::text, 3, '0')`;
  expect((await ask(url)).body).toMatchObject({ registration_id: id, registration: null });
});

test.each(['pa-999', 'pa-1', 'pa-9223372036854775808', 'bulk-001', '__proto__', '%00'])(
  'there is no activity %s',
  async (id) => {
    expect(await ask(`${ACTIVITIES_PATH}/${id}`)).toMatchObject({
      status: 404,
      body: { type: 'urn:bulk-registrations:problem:activity-not-found' },
    });
  },
);

test('a key with coordinators sees only their activities', async () => {
  await register('m-4', day(-1), { coordinator_id: 'coord-1' });
  await register('m-4', day(-2), { coordinator_id: 'coord-9' });
  const [own, other] = (await list('m-4')).body.data;
  expect((await list('m-4', '', scoped)).body.data).toEqual([own]);
  expect((await list('m-4', '?limit=1', scoped)).body.pagination.next_cursor).toBeNull();
  expect((await ask(`${ACTIVITIES_PATH}/${own?.id}`, scoped)).status).toBe(200);
  const hidden = await ask(`${ACTIVITIES_PATH}/${other?.id}`, scoped);
  expect(hidden).toMatchObject({ status: 404, body: { detail: `There is no activity ${other?.id}.` } });
});
