import { BASE_PATH, CONTRACT_EXAMPLES, type Problem } from '@bulk/contract';
import { createTestDeps, mentors, runChain, type TestDeps } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

const request = CONTRACT_EXAMPLES.createRequest;

let deps: TestDeps;
let app: App;
beforeEach(async () => {
  deps = await createTestDeps();
  app = await buildApp(deps);
});
afterEach(async () => {
  await app.close();
  await deps.close();
});

const post = (payload: object, { query = '', headers = {} } = {}) =>
  app.inject({ method: 'POST', url: `${BASE_PATH}${query}`, payload, headers });
const registrations = () => deps.db.prisma.bulkRegistration.count();

test('a key that comes again gets the same answer, marked as a replay', async () => {
  const headers = { 'idempotency-key': 'f5d2c1e0' };
  const first = await post(request, { headers });
  const second = await post(request, { headers });
  expect([first.statusCode, second.statusCode]).toEqual([202, 202]);
  expect(second.payload).toBe(first.payload);
  expect(second.headers.location).toBe(first.headers.location);
  expect(first.headers).not.toHaveProperty('idempotency-replayed');
  expect(second.headers).toHaveProperty('idempotency-replayed', 'true');
  expect(await registrations()).toBe(1);
});

test('a key in the quotes of a structured field is the same key', async () => {
  await post(request, { headers: { 'idempotency-key': 'k-1' } });
  const replay = await post(request, { headers: { 'idempotency-key': '"k-1"' } });
  expect(replay.headers).toHaveProperty('idempotency-replayed', 'true');
});

test('a key that comes with another request is a 422 that names the header', async () => {
  const headers = { 'idempotency-key': 'k-1' };
  await post(request, { headers });
  const response = await post({ ...request, notes: 'another' }, { headers });
  expect(response.statusCode).toBe(422);
  expect(response.json<Problem>()).toMatchObject({
    type: 'urn:bulk-registrations:problem:key-reused',
    errors: [{ header: 'idempotency-key' }],
  });
  expect(await registrations()).toBe(1);
});

test.each(['', ' ', 'a b', 'ü', 'k'.repeat(256)])('%j is no key', async (key) => {
  const response = await post(request, { headers: { 'idempotency-key': key } });
  expect(response.statusCode).toBe(400);
  expect(response.json<Problem>().errors).toMatchObject([
    { header: 'idempotency-key', code: 'wrong_format' },
  ]);
});

test('a retry takes a key as well', async () => {
  for (let round = 0; round < 2; round += 1)
    await runChain(deps, (await post(request)).json<{ id: string }>().id);
  const retry = () =>
    app.inject({
      method: 'PUT',
      url: `${BASE_PATH}/bulk-002`,
      payload: CONTRACT_EXAMPLES.retryRequest,
      headers: { 'idempotency-key': 'k-1' },
    });
  const first = await retry();
  const second = await retry();
  expect([first.statusCode, second.statusCode]).toEqual([202, 202]);
  expect(second.payload).toBe(first.payload);
  expect(second.headers).toHaveProperty('idempotency-replayed', 'true');
});

test('a dry run answers 200 with who is a duplicate, writes nothing and uses up no key', async () => {
  await runChain(deps, (await post({ ...request, mentor_ids: ['mentor-18'] })).json<{ id: string }>().id);
  const headers = { 'idempotency-key': 'k-1' };
  const response = await post(request, { query: '?dry_run=true', headers });
  expect(response.statusCode).toBe(200);
  expect(response.headers).not.toHaveProperty('location');
  const registered = {
    coordinator_id: request.coordinator_id,
    registration_id: 'bulk-001',
    registered_at: expect.stringMatching(/^\d{4}-.+Z$/),
  };
  expect(response.json()).toEqual({
    mentor_count: 4,
    success_count: 3,
    failure_count: 1,
    duplicates: [{ mentor_id: 'mentor-18', existing_activity_id: 'pa-001', ...registered }],
    plan: expect.any(String),
  });
  expect(await registrations()).toBe(1);
  expect((await post(request, { headers })).headers).not.toHaveProperty('idempotency-replayed');
});

test('a dry run is validated as the real one is', async () => {
  const response = await post(
    { ...request, mentor_ids: mentors('m', 2), duration_minutes: 0 },
    { query: '?dry_run=true' },
  );
  expect(response.statusCode).toBe(400);
  expect(response.json<Problem>().errors).toMatchObject([{ pointer: '#/duration_minutes' }]);
  const badKey = await post(request, { query: '?dry_run=true', headers: { 'idempotency-key': 'a b' } });
  expect(badKey.json<Problem>().errors).toMatchObject([{ header: 'idempotency-key' }]);
});

test('of two requests at once with one reference one is accepted; the other is told whose it is', async () => {
  const named = { ...request, label: 'Spring, Berlin', external_reference: 'crm-1' };
  const answers = await Promise.all([post(named), post(named)]);
  expect(answers.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([202, 409]);
  const refusal = answers.find(({ statusCode }) => statusCode === 409)?.json<Problem>();
  expect(refusal).toEqual({
    type: 'urn:bulk-registrations:problem:reference-taken',
    title: 'Another bulk registration has this external reference.',
    status: 409,
    detail: expect.stringMatching(/^This external_reference is the reference of bulk-00\d\.$/),
    errors: [
      {
        pointer: '#/external_reference',
        code: 'taken',
        detail: expect.stringMatching(/^is the reference of bulk-00\d$/),
      },
    ],
  });
  expect((await post(named, { query: '?dry_run=true' })).json()).toEqual(refusal);
  expect(await registrations()).toBe(1);
});

test('label and reference are in the details and the list, which is filtered by both', async () => {
  const given = { label: 'Spring, Berlin', external_reference: 'crm-1' };
  const { id } = (await post({ ...request, ...given })).json<{ id: string }>();
  await post(request);
  await post({ ...request, ...given, coordinator_id: 'coord-7' });
  const get = async (path: string) => (await app.inject({ url: `${BASE_PATH}${path}` })).json();
  expect(await get(`/${id}`)).toMatchObject(given);
  expect(await get(`/${id}?view=status`)).toMatchObject(given);
  expect((await get('')).data).toMatchObject([given, { mentor_count: 4 }, given]);
  expect(await get('?external_reference=crm-1')).toMatchObject({
    data: [given, given],
    pagination: { total: 2 },
  });
  expect((await get('?external_reference=crm-1&coordinator_id=coord-42')).data).toMatchObject([{ id }]);
  expect((await get('?label=Spring,%20Berlin&coordinator_id=coord-42')).data).toMatchObject([{ id }]);
  expect((await get('?label=Spring')).data).toEqual([]);
  expect(await get('?external_reference=CRM-1')).toMatchObject({ data: [], pagination: { total: 0 } });
});
