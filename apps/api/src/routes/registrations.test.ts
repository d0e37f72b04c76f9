import { BASE_PATH, CONTRACT_EXAMPLES, type Problem, type RegistrationDetails } from '@bulk/contract';
import { createTestDeps, mentors, runChain, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps();
  app = await buildApp(deps);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

let submitted = 0;

/** Each with mentors of its own, unless these are given. */
async function submit(fields: object = {}): Promise<string> {
  submitted++;
  const mentor_ids = mentors(`r${submitted}`, 3);
  const payload = { ...CONTRACT_EXAMPLES.createRequest, mentor_ids, ...fields };
  const response = await app.inject({ method: 'POST', url: BASE_PATH, payload });
  const { id } = response.json<{ id: string }>();
  expect(response.statusCode).toBe(202);
  expect(response.headers).toMatchObject({ location: `${BASE_PATH}/${id}`, 'retry-after': '1' });
  return id;
}

async function submitAndRun(fields: object = {}): Promise<string> {
  const id = await submit(fields);
  await runChain(deps, id);
  return id;
}

const get = (id: string, { query = '', headers = {} } = {}) =>
  app.inject({ url: `${BASE_PATH}/${id}${query}`, headers });
const put = (id: string, fields = {}) =>
  app.inject({ method: 'PUT', url: `${BASE_PATH}/${id}`, payload: { action: 'retry_failed', ...fields } });
const remove = (id: string, { query = '', headers = {} } = {}) =>
  app.inject({ method: 'DELETE', url: `${BASE_PATH}/${id}${query}`, headers });

/** `404 registration-not-found` */
function kindOf(response: Awaited<ReturnType<typeof get>>): string {
  return `${response.statusCode} ${response.json<Problem>().type.replace('urn:bulk-registrations:problem:', '')}`;
}

async function etagOf(id: string): Promise<string> {
  return String((await get(id, { query: '?results=none' })).headers.etag);
}

describe('GET details', () => {
  test('says while processing when to come back, and lists every mentor as pending', async () => {
    const response = await get(await submit());
    expect(response.headers).toMatchObject({ 'retry-after': '1', 'cache-control': 'private, no-cache' });
    expect(response.json<RegistrationDetails>().results.map(({ status }) => status)).toEqual(
      Array(3).fill('pending'),
    );
  });

  test('answers 304 without a body to those who know it, until something changes', async () => {
    const id = await submit();
    const etag = String((await get(id)).headers.etag);
    const unchanged = await get(id, { headers: { 'if-none-match': etag } });
    expect([unchanged.statusCode, unchanged.payload, unchanged.headers.etag]).toEqual([304, '', etag]);
    expect(unchanged.headers['cache-control']).toBe('private, no-cache');

    await runChain(deps, id);
    const changed = await get(id, { headers: { 'if-none-match': etag } });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers).not.toHaveProperty('retry-after');
    expect(changed.headers.etag).not.toBe(etag);
  });

  test('lists all results, the failed ones, or none', async () => {
    const shared = { activity_type: 'results' };
    await submitAndRun({ ...shared, mentor_ids: ['twice'] });
    const id = await submitAndRun({ ...shared, mentor_ids: ['once', 'twice'] });
    const listed = async (query: string) =>
      (await get(id, { query })).json<RegistrationDetails>().results.map(({ mentor_id }) => mentor_id);
    expect(await listed('')).toEqual(['once', 'twice']);
    expect(await listed('?results=all')).toEqual(['once', 'twice']);
    expect(await listed('?results=failed')).toEqual(['twice']);
    expect(await listed('?results=none')).toEqual([]);
  });

  test('is the same for a large one, whose results are made while they are sent', async () => {
    const large = { activity_type: 'large', notes: '"results":[]', mentor_ids: mentors('large', 12_345) };
    await submitAndRun({ ...large, mentor_ids: mentors('large', 1_500) });
    const id = await submitAndRun(large);
    const small = await get(await submitAndRun({ ...large, mentor_ids: ['large-1'] }));

    const response = await get(id);
    expect(response.headers['content-type']).toBe(small.headers['content-type']);
    const details = response.json<RegistrationDetails>();
    expect(Object.keys(details)).toEqual(Object.keys(small.json()));
    expect(Object.keys(details.results[0] ?? {})).toEqual(Object.keys(small.json().results[0]));
    expect(details).toMatchObject({ ...large, success_count: 10_845, failure_count: 1_500 });
    expect(details.results.map(({ mentor_id }) => mentor_id)).toEqual(large.mentor_ids);
    expect(details.results.filter(({ status }) => status === 'failed')).toHaveLength(1_500);
    // As many as one answer names at most.
    expect(details.results.filter((result) => result.existing_activity_id)).toHaveLength(1_000);

    const failed = (await get(id, { query: '?results=failed' })).json<RegistrationDetails>();
    expect(failed).toEqual({ ...details, results: details.results.slice(0, 1_500) });
    const none = (await get(id, { query: '?results=none' })).json<RegistrationDetails>();
    expect(none).toEqual({ ...details, results: [] });
    const head = await app.inject({ method: 'HEAD', url: `${BASE_PATH}/${id}` });
    expect([head.statusCode, head.payload, head.headers.etag]).toEqual([200, '', response.headers.etag]);
  });

  test('leaves out mentors and results in the view for polling, and keeps all else in its place', async () => {
    const id = await submitAndRun({ activity_type: 'view', mentor_ids: mentors('view', 3_000) });
    const { mentor_ids: _, results: __, ...rest } = (await get(id)).json<RegistrationDetails>();
    const response = await get(id, { query: '?view=status' });
    expect(response.payload).toBe(JSON.stringify(rest));
    expect(response.payload.length).toBeLessThan(1_000);
    const known = { 'if-none-match': String(response.headers.etag) };
    expect((await get(id, { query: '?view=status', headers: known })).statusCode).toBe(304);
    expect((await get(id, { query: '?results=none', headers: known })).statusCode).toBe(200);
    expect(kindOf(await get(id, { query: '?view=status&results=none' }))).toBe('400 validation');
  });

  test('works as HEAD, too', async () => {
    const response = await app.inject({ method: 'HEAD', url: `${BASE_PATH}/${await submit()}` });
    expect([response.statusCode, response.payload]).toEqual([200, '']);
    expect(response.headers).toHaveProperty('etag');
  });
});

describe('PUT', () => {
  test('answers where the details are, and when to look', async () => {
    await submitAndRun({ activity_type: 'put', mentor_ids: ['a'] });
    const id = await submitAndRun({ activity_type: 'put', mentor_ids: ['a', 'b'] });
    const response = await put(id);
    expect(response.statusCode).toBe(202);
    expect(response.headers).toMatchObject({ location: `${BASE_PATH}/${id}`, 'retry-after': '1' });
  });

  test('is a conflict while processing, after a cancel, and with nothing failed', async () => {
    const id = await submit();
    expect(kindOf(await put(id))).toBe('409 still-processing');
    await remove(id);
    expect(kindOf(await put(id))).toBe('409 was-cancelled');
    expect(kindOf(await put(await submitAndRun()))).toBe('409 nothing-failed');
  });

  test('names the mentors that have not failed', async () => {
    await submitAndRun({ activity_type: 'named', mentor_ids: ['a'] });
    const id = await submitAndRun({ activity_type: 'named', mentor_ids: ['a', 'b'] });
    const response = await put(id, { mentor_ids: ['a', 'b', 'stranger'] });
    expect(kindOf(response)).toBe('400 validation');
    expect(response.json<Problem>().errors).toMatchObject([
      { pointer: '#/mentor_ids/1', code: 'not_failed' },
      { pointer: '#/mentor_ids/2', code: 'not_failed' },
    ]);
  });
});

describe('DELETE', () => {
  test('cancels, then deletes, then finds nothing', async () => {
    const id = await submit();
    expect((await remove(id)).json()).toEqual({
      message: `Bulk registration job ${id} cancelled successfully`,
    });
    expect((await remove(id)).json()).toEqual({
      message: `Bulk registration job ${id} deleted successfully`,
    });
    expect(kindOf(await remove(id))).toBe('404 registration-not-found');
    expect(kindOf(await get(id))).toBe('404 registration-not-found');
    expect(kindOf(await put(id))).toBe('404 registration-not-found');
  });

  test('with only=cancel never deletes', async () => {
    const id = await submit();
    expect((await remove(id, { query: '?only=cancel' })).statusCode).toBe(200);
    expect(kindOf(await remove(id, { query: '?only=cancel' }))).toBe('409 not-running');
    expect((await get(id)).statusCode).toBe(200);
  });

  test('with If-Match acts only on what was seen', async () => {
    const id = await submit();
    const etag = await etagOf(id);
    await runChain(deps, id);
    expect(kindOf(await remove(id, { headers: { 'if-match': etag } }))).toBe('412 changed-meanwhile');
    expect((await remove(id, { headers: { 'if-match': await etagOf(id) } })).statusCode).toBe(200);
  });

  test('takes an empty body that says it is JSON', async () => {
    const response = await remove(await submit(), { headers: { 'content-type': 'application/json' } });
    expect(response.statusCode).toBe(200);
  });
});

test('PUT with If-Match retries only what the client has seen', async () => {
  await submitAndRun({ activity_type: 'seen', mentor_ids: ['a'] });
  const id = await submitAndRun({ activity_type: 'seen', mentor_ids: ['a', 'b'] });
  const seen = await etagOf(id);
  const retry = (tag: string) =>
    app.inject({
      method: 'PUT',
      url: `${BASE_PATH}/${id}`,
      headers: { 'if-match': tag },
      payload: { action: 'retry_failed' },
    });
  expect((await retry(seen)).statusCode).toBe(202);
  await runChain(deps, id);
  expect(kindOf(await retry(seen))).toBe('412 changed-meanwhile');
  expect((await retry(await etagOf(id))).statusCode).toBe(202);
});

describe('GET list', () => {
  test('goes through all pages, by number or by cursor', async () => {
    const coordinator_id = 'pages';
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await submit({ coordinator_id }));

    interface Page {
      data: { id: string }[];
      pagination: { total: number; next_cursor: string | null };
    }
    const page = async (query: string) =>
      (
        await app.inject({ url: `${BASE_PATH}?coordinator_id=${coordinator_id}&limit=2&${query}` })
      ).json<Page>();
    const first = await page('page=1');
    expect(first.pagination).toMatchObject({ page: 1, limit: 2, total: 5 });
    const second = await page(`after=${encodeURIComponent(first.pagination.next_cursor ?? '')}`);
    const third = await page('page=3');
    expect(third.pagination.next_cursor).toBeNull();
    expect([first, second, third].flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids);
    expect((await page('page=4')).data).toEqual([]);
  });

  test('refuses a page by number that lies far in, says how to go on, and leaves one beyond the end empty', async () => {
    await deps.db.prisma.$executeRaw`
      insert into bulk_registrations (
        coordinator_id, activity_type, activity_date, duration_minutes, mentor_count, override_duplicates
      )
      select 'far', 'far', '2026-01-01', 1, 1, false from generate_series(1, 10100)`;
    const list = (query: string) => app.inject({ url: `${BASE_PATH}?coordinator_id=far&limit=100&${query}` });
    expect((await list('page=100')).json()).toMatchObject({
      pagination: { total: 10_000, total_is_exact: false, next_cursor: expect.any(String) },
    });
    const refused = await list('page=101');
    expect(kindOf(refused)).toBe('400 validation');
    expect(refused.json<Problem>().errors).toEqual([
      {
        parameter: 'page',
        code: 'out_of_range',
        detail: 'must be at most 100 with this limit; use after to go further',
      },
    ]);
    expect((await list('page=101&status=failed')).json()).toMatchObject({
      data: [],
      pagination: { total: 0, total_is_exact: true },
    });
    await deps.db.prisma.$executeRaw`delete from bulk_registrations where coordinator_id = 'far'`;
  });

  test.each([
    'coordinator_id=nobody&status=cancelled',
    'activity_type=nothing',
    'from=9999-12-31',
    'to=0001-01-01&has_failures=true',
    'coordinator_id=%F0%9F%98%80',
  ])('with %s finds nothing here', async (query) => {
    const response = await app.inject({ url: `${BASE_PATH}?${query}` });
    expect(response.json()).toMatchObject({ data: [], pagination: { total: 0, next_cursor: null } });
  });
});

test('what a request may just so hold, comes back as it was', async () => {
  const fields = {
    coordinator_id: '__proto__',
    activity_type: '😀'.repeat(64),
    activity_date: '0001-01-01',
    duration_minutes: 1440,
    mentor_ids: [
      '__proto__',
      'constructor',
      "Robert'); drop table activities;--",
      '😀'.repeat(64),
      '\u00e9',
      'e\u0301',
      ' a',
      '{}',
      'NULL',
    ],
    notes: `tab\tline\r\n${'ü'.repeat(1_900)}`,
  };
  const id = await submitAndRun(fields);
  expect((await get(id)).json()).toMatchObject({ ...fields, status: 'completed', success_count: 9 });
});

test('100,000 mentors are taken in one request', async () => {
  const mentor_ids = mentors('😀'.repeat(50), 100_000);
  const id = await submit({ mentor_ids });
  expect((await get(id, { query: '?results=none' })).json()).toMatchObject({
    mentor_count: 100_000,
    status: 'processing',
  });
  const polled = await get(id, { query: '?view=status' });
  expect(Buffer.byteLength(polled.payload)).toBeLessThan(1_024);
});

test('the service is ready', async () => {
  const response = await app.inject({ url: '/readyz' });
  expect([response.statusCode, response.json()]).toEqual([
    200,
    { status: 'ready', database: 'ok', queue: 'ok', workers: 'none seen' },
  ]);
});
