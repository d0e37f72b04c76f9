import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BASE_PATH, type Problem } from '@bulk/contract';
import { loadConfig, refuseOpenAddress } from '@bulk/core';
import { createApiKey, createTestDeps, registrationRequest, submit, type TestDeps } from '@bulk/core/testing';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

// The ten risks of OWASP API Security 2023, one test each (owasp.org/API-Security/editions/2023).
// docs/security.md says what else protects, and what is not covered.

const LIMITED = { API_AUTH: 'keys', MENTORS_PER_DAY: '3', BODY_LIMIT_BYTES: '10000' };

let deps: TestDeps;
let app: App;
let viewer: string;
let coordinator: string;
let mine: string;
let others: string;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: LIMITED });
  app = await buildApp(deps);
  const scope = { coordinatorIds: ['coord-1'], expiresAt: null };
  viewer = await createApiKey(deps.db, { name: 'viewer', role: 'viewer', ...scope });
  coordinator = await createApiKey(deps.db, { name: 'coordinator', role: 'coordinator', ...scope });
  mine = await submit(deps, { coordinator_id: 'coord-1' });
  others = await submit(deps, { coordinator_id: 'coord-2' });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

const ask = (key: string, { url = '', ...options }: Omit<InjectOptions, 'url'> & { url?: string } = {}) =>
  app.inject({
    ...options,
    url: `${BASE_PATH}${url}`,
    headers: { authorization: `Bearer ${key}`, ...options.headers },
  });

test('API1 broken object level authorization: the registration of another coordinator does not exist', async () => {
  expect((await ask(coordinator, { url: `/${mine}` })).statusCode).toBe(200);
  expect((await ask(coordinator, { url: `/${others}` })).statusCode).toBe(404);
  expect((await ask(coordinator, { method: 'DELETE', url: `/${others}` })).statusCode).toBe(404);
  expect((await ask(coordinator)).body).not.toContain(others);
});

test('API2 broken authentication: nobody comes in without a valid key', async () => {
  for (const key of [
    '',
    'null',
    'undefined',
    coordinator.slice(0, -1),
    `${coordinator}x`,
    coordinator.toUpperCase(),
  ]) {
    expect([key, (await ask(key)).statusCode]).toEqual([key, 401]);
  }
});

test('API3 broken object property level authorization: only fields of the contract are taken', async () => {
  for (const extra of ['id', 'status', 'created_by', 'success_count', '__proto__', 'constructor']) {
    const payload = JSON.stringify(registrationRequest()).replace('{', `{"${extra}":"completed",`);
    const response = await ask(coordinator, {
      method: 'POST',
      payload,
      headers: { 'content-type': 'application/json' },
    });
    expect([extra, response.statusCode]).toEqual([extra, 400]);
  }
});

test('API4 unrestricted resource consumption: bodies and pages have a largest size', async () => {
  const large = { ...registrationRequest(), notes: 'x'.repeat(20_000) };
  expect((await ask(coordinator, { method: 'POST', payload: large })).statusCode).toBe(413);
  expect((await ask(coordinator, { url: '?limit=101' })).statusCode).toBe(400);
});

test('API5 broken function level authorization: a viewer changes nothing', async () => {
  expect((await ask(viewer, { method: 'DELETE', url: `/${mine}` })).statusCode).toBe(403);
  expect((await ask(viewer, { method: 'POST', payload: registrationRequest() })).statusCode).toBe(403);
  expect((await ask(viewer, { method: 'PATCH', url: `/${mine}` })).statusCode).toBe(405);
});

test('API6 unrestricted access to sensitive business flows: a key registers so many mentors a day', async () => {
  const payload = registrationRequest({ coordinator_id: 'coord-1', mentor_ids: ['a', 'b'] });
  const submitOnce = async () => (await ask(coordinator, { method: 'POST', payload })).statusCode;
  expect([await submitOnce(), await submitOnce()]).toEqual([202, 429]);
});

test('API7 server side request forgery: no address of a request is ever fetched', async () => {
  let asked = 0;
  const [victim, url] = await listen(createServer((_request, response) => response.end(String(asked++))));
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', jku: url, x5u: url, kid: url })}.${part({ iss: url, sub: url })}.AAAA`;
  expect((await ask(token)).statusCode).toBe(401);
  const notes = `<img src="${url}">`;
  await ask(coordinator, { method: 'POST', url: '?dry_run=true', payload: registrationRequest({ notes }) });
  expect(asked).toBe(0);
  victim.close();
});

test('API8 security misconfiguration: closed where others reach it, strict headers, and errors that tell nothing', async () => {
  const config = loadConfig({ DATABASE_URL: 'postgresql://db/bulk', HOST: '0.0.0.0' });
  expect(() => refuseOpenAddress(config)).toThrow('API_AUTH must be set');
  const response = await ask(coordinator, { url: '/%00' });
  expect(response.headers).toMatchObject({
    'content-security-policy': expect.stringContaining("default-src 'self'"),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  });
  expect(response.headers['access-control-allow-origin']).toBeUndefined();
  expect(response.headers).not.toHaveProperty('x-powered-by');
  expect(response.body).not.toMatch(/fastify|prisma|postgres|node_modules|at .*\.ts/i);
});

test('API9 improper inventory management: the document lists every route of the API, and no other', async () => {
  const { paths } = (await app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, unknown>>;
  }>();
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ['get', 'post', 'put', 'delete', 'patch'].includes(method))
      .map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = app.routeAccess
    .filter(({ method, url }) => method !== 'HEAD' && url.startsWith('/api/'))
    .map(({ method, url }) => `${method} ${url.replace(/:(\w+)/g, '{$1}')}`);
  expect(documented.toSorted()).toEqual(served.toSorted());
});

test('API10 unsafe consumption of APIs: what an identity provider answers does no harm', async () => {
  const answers = [
    () => '<html>',
    () => '{}',
    () => JSON.stringify({ keys: 'all' }),
    () => JSON.stringify({ keys: [{ kty: 'oct', k: 'AAAA', alg: 'HS256' }] }),
  ];
  let answer = answers[0]!;
  const [provider, url] = await listen(createServer((_request, response) => response.end(answer())));
  const jwt = { jwksUrl: url, issuer: 'https://id.example.com/', audience: 'bulk' };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const token = `${part({ alg: 'RS256', kid: 'one' })}.${part({ iss: jwt.issuer, aud: 'bulk', sub: 'eve', exp: 9e9 })}.AAAA`;
  for (const each of answers) {
    answer = each;
    const fresh = await buildApp({ ...deps, config: { ...deps.config, jwt } });
    const response = await fresh.inject({ url: BASE_PATH, headers: { authorization: `Bearer ${token}` } });
    expect([401, 503]).toContain(response.statusCode);
    expect(response.json<Problem>().detail).not.toMatch(/jose|JWK|html/i);
    await fresh.close();
  }
  provider.close();
});

async function listen(server: Server): Promise<[Server, string]> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return [server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
}
