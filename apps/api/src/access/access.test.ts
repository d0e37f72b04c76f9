import { createHook } from 'node:async_hooks';
import { readFileSync } from 'node:fs';
import { BASE_PATH, type ListRegistrationsResponse, type Problem } from '@bulk/contract';
import {
  createApiKey,
  createTestDeps,
  mentors,
  registrationRequest,
  revokeApiKey,
  runChain,
  submit,
  type TestDeps,
} from '@bulk/core/testing';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

const SETTINGS = { API_AUTH: 'keys', ADMIN_PASSWORD: 'correct horse', VIEWER_PASSWORD: 'battery staple' };

let deps: TestDeps;
let app: App;
const keys: Record<string, string> = {};
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: SETTINGS });
  app = await buildApp(deps);
  await app.ready();
  const all = { coordinatorIds: null, expiresAt: null };
  for (const role of ['viewer', 'coordinator', 'admin'] as const) {
    keys[role] = await createApiKey(deps.db, { name: role, role, ...all });
  }
  keys.scoped = await createApiKey(deps.db, {
    name: 'scoped',
    role: 'coordinator',
    coordinatorIds: ['coord-1', 'coord-2'],
    expiresAt: null,
  });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

type Options = Omit<InjectOptions, 'headers' | 'url'> & { url?: string };

async function ask(key: string | undefined, { url = '', ...options }: Options) {
  const response = await app.inject({
    ...options,
    url: `${BASE_PATH}${url}`,
    headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
  });
  return { status: response.statusCode, headers: response.headers, body: response.json<unknown>() };
}

/** Every route with a rule that is a role, filled in. */
const guarded = () =>
  app.routeAccess.flatMap(({ method, url, rule }) =>
    rule === 'everybody' || rule === 'password'
      ? []
      : method.split(',').map((each) => ({ method: each as 'GET', url, rule })),
  );

test('the document lists every route, and who may use it', () => {
  const document = readFileSync(new URL('../../../../docs/security.md', import.meta.url), 'utf8');
  const rows = app.routeAccess
    .filter(({ method }) => method !== 'HEAD')
    .filter(
      ({ url }) =>
        !url.startsWith('/admin/queues/') && !url.startsWith('/docs/') && !url.startsWith('/assets'),
    )
    .map(({ method, url, rule }) => `| ${method} | \`${url}\` | ${rule} |`);
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter((row) => !document.includes(row))).toEqual([]);
});

test('requests that come together with a new key wait for one slow hash', async () => {
  const key = await createApiKey(deps.db, {
    name: 'new',
    role: 'viewer',
    coordinatorIds: null,
    expiresAt: null,
  });
  let hashes = 0;
  const hook = createHook({ init: (_id, type) => (hashes += type === 'SCRYPTREQUEST' ? 1 : 0) }).enable();
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(key, {})));
  hook.disable();
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(hashes).toBe(1);
});

test('a route without a rule keeps the service from starting', async () => {
  const broken = await buildApp(deps);
  broken.get('/forgotten', async () => 'open to everybody');
  await expect(broken.ready()).rejects.toThrow('No rule says who may use GET /forgotten.');
});

describe('with keys', () => {
  test('no route of the API answers without one, and none below its role', async () => {
    const routes = guarded();
    expect(routes.length).toBeGreaterThanOrEqual(7);
    for (const { method, url, rule } of routes) {
      const options = { method, url: url.replace(':id', 'bulk-999') };
      const without = await app.inject(options);
      expect([method, url, without.statusCode]).toEqual([method, url, 401]);
      expect(without.headers['www-authenticate']).toBe('Bearer realm="Bulk registrations"');
      if (rule === 'viewer') continue;
      const viewer = await app.inject({
        ...options,
        headers: { authorization: `Bearer ${keys.viewer}` },
      });
      expect([method, url, viewer.statusCode]).toEqual([method, url, 403]);
    }
  });

  test.each([
    ['no Bearer', 'Basic YWRtaW46YWRtaW4='],
    ['not a key', 'Bearer secret'],
    ['an unknown prefix', `Bearer bulk_00000000_${'a'.repeat(43)}`],
    ['nothing', 'Bearer '],
    ['a long text', `Bearer bulk_${'a'.repeat(20_000)}`],
  ])('%s is a 401', async (_, authorization) => {
    const response = await app.inject({ url: BASE_PATH, headers: { authorization } });
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ type: 'urn:bulk-registrations:problem:unauthorized' });
  });

  test('a key with another secret, an expired one and a revoked one are 401s', async () => {
    const [start, prefix] = keys.admin?.split('_') ?? [];
    expect((await ask(`${start}_${prefix}_${'a'.repeat(43)}`, {})).status).toBe(401);
    const expired = await createApiKey(deps.db, {
      name: 'expired',
      role: 'admin',
      coordinatorIds: null,
      expiresAt: new Date(Date.now() - 1_000),
    });
    expect((await ask(expired, {})).status).toBe(401);
    const revoked = await createApiKey(deps.db, {
      name: 'revoked',
      role: 'admin',
      coordinatorIds: null,
      expiresAt: null,
    });
    await revokeApiKey(deps.db, 'revoked');
    expect((await ask(revoked, {})).status).toBe(401);
  });

  test('a key in the query string is no key', async () => {
    expect((await ask(undefined, { url: `?api_key=${keys.admin}` })).status).toBe(401);
    expect((await ask(keys.admin, { url: `?api_key=${keys.admin}` })).status).toBe(400);
  });

  test('the pages, their document and the probes stay open', async () => {
    for (const url of ['/', '/openapi.json', '/healthz', '/docs/']) {
      expect([url, (await app.inject(url)).statusCode]).toEqual([url, 200]);
    }
  });
});

describe('a scope', () => {
  let own: string;
  let other: string;
  beforeEach(async () => {
    await deps.db.prisma.$executeRaw`truncate bulk_registrations, activities cascade`;
    own = await submit(deps, { coordinator_id: 'coord-1', mentor_ids: mentors('m', 3) });
    await runChain(deps, own);
    other = await submit(deps, { coordinator_id: 'coord-9', mentor_ids: [...mentors('m', 3), 'm-other'] });
    await runChain(deps, other);
  });

  test('makes others not exist, on every route', async () => {
    const withId = guarded().filter(({ url }) => url.includes(':id'));
    expect(withId.length).toBeGreaterThanOrEqual(5);
    for (const { method, url } of withId) {
      const answer = (id: string) =>
        app.inject({
          method,
          url: url.replace(':id', id),
          headers: { authorization: `Bearer ${keys.scoped}` },
          ...(method === ('PUT' as string) && { payload: { action: 'retry_failed' } }),
        });
      const [hidden, missing] = [await answer(other), await answer('bulk-999')];
      expect([method, url, hidden.statusCode]).toEqual([method, url, 404]);
      expect(hidden.body).toBe(missing.body);
    }
    expect((await ask(keys.admin, { url: `/${other}` })).status).toBe(200);
  });

  test('counts and lists only its own', async () => {
    const list = async (key: string | undefined, url = '') =>
      (await ask(key, { url })).body as ListRegistrationsResponse;
    expect((await list(keys.viewer)).pagination.total).toBe(2);
    const seen = await list(keys.scoped);
    expect([seen.pagination.total, seen.data.map(({ id }) => id)]).toEqual([1, [own]]);
    expect((await list(keys.scoped, '?coordinator_id=coord-9')).pagination.total).toBe(0);
    expect((await list(keys.scoped, '?coordinator_id=coord-1')).pagination.total).toBe(1);
  });

  test('submits for its own only', async () => {
    const payload = registrationRequest({ coordinator_id: 'coord-9', mentor_ids: ['m-1'] });
    for (const url of ['', '?dry_run=true']) {
      const { status, body } = await ask(keys.scoped, { method: 'POST', url, payload });
      expect(status).toBe(403);
      expect((body as Problem).errors?.[0]).toMatchObject({ pointer: '#/coordinator_id' });
    }
    expect(
      (await ask(keys.scoped, { method: 'POST', payload: { ...payload, coordinator_id: 'coord-2' } })).status,
    ).toBe(202);
  });

  test('learns who is a duplicate, but not of which activity of others', async () => {
    const payload = registrationRequest({ coordinator_id: 'coord-2', mentor_ids: ['m-1', 'm-other'] });
    const { body } = await ask(keys.scoped, { method: 'POST', url: '?dry_run=true', payload });
    expect(body).toMatchObject({
      failure_count: 2,
      duplicates: [{ mentor_id: 'm-1', existing_activity_id: expect.any(String) }, { mentor_id: 'm-other' }],
    });
    expect(JSON.stringify(body).match(/existing_activity_id/g)).toHaveLength(1);

    const id = await submit(deps, { coordinator_id: 'coord-2', mentor_ids: ['m-1', 'm-other'] });
    await runChain(deps, id);
    for (const url of [`/${id}`, `/${id}/results`]) {
      const results = JSON.stringify((await ask(keys.scoped, { url })).body);
      expect([url, results.match(/existing_activity_id/g)?.length]).toEqual([url, 1]);
      const all = JSON.stringify((await ask(keys.admin, { url })).body);
      expect([url, all.match(/existing_activity_id/g)?.length]).toEqual([url, 2]);
    }
  });
});

describe('the history', () => {
  test('says who asked for what', async () => {
    const payload = registrationRequest({ coordinator_id: 'coord-1', mentor_ids: ['h-1'] });
    const submitted = await ask(keys.scoped, { method: 'POST', payload });
    const { id } = submitted.body as { id: string };
    await ask(keys.admin, { method: 'DELETE', url: `/${id}` });
    expect((await ask(keys.viewer, { url: `/${id}` })).body).toMatchObject({
      status: 'cancelled',
      history: [
        { action: 'accepted', by: 'scoped', mentor_count: 1 },
        { action: 'cancelled', by: 'admin' },
      ],
    });
    await ask(keys.admin, { method: 'DELETE', url: `/${id}` });
    const kept = await deps.db.prisma.registrationHistory.findMany({ where: { action: 'deleted' } });
    expect(kept.map(({ actor }) => actor)).toEqual(['admin']);
  });
});

describe('the dashboard', () => {
  const asUser = (credentials: string, method: 'GET' | 'PUT' = 'GET') =>
    app.inject({
      method,
      url: method === 'GET' ? '/admin/queues/api/queues' : '/admin/queues/api/queues/pause',
      headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    });

  test('lets its viewer look, and change nothing', async () => {
    expect((await asUser('viewer:battery staple')).statusCode).toBe(200);
    expect((await asUser('viewer:battery staple', 'PUT')).statusCode).toBe(403);
    expect((await asUser('admin:correct horse')).statusCode).toBe(200);
    expect((await asUser('viewer:correct horse')).statusCode).toBe(401);
  });

  test('refuses who guesses, even when the guess is right at last', async () => {
    for (let guess = 0; guess < 10; guess += 1) await asUser(`admin:guess ${guess}`);
    const response = await asUser('admin:correct horse');
    expect([response.statusCode, Number(response.headers['retry-after']) > 0]).toEqual([429, true]);
  });
});
