import { BASE_PATH } from '@bulk/contract';
import { createTestDeps, registrationRequest, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { ADMIN_PASSWORD: 'correct horse' } });
  app = await buildApp(deps);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

/** The numbers of requests by their labels. */
async function counted(): Promise<Record<string, number>> {
  const text = await deps.metrics.registry.getSingleMetricAsString('bulk_http_request_duration_seconds');
  const lines = text.matchAll(/_count\{method="(.*)",route="(.*)",status="(.*)"\} (\d+)/g);
  return Object.fromEntries(
    [...lines].map(([, method, route, status, count]) => [`${method} ${route} ${status}`, Number(count)]),
  );
}

test('requests are counted by the pattern of their route, and what has no route together', async () => {
  for (const id of ['bulk-001', 'bulk-002', 'none']) await app.inject({ url: `${BASE_PATH}/${id}` });
  await app.inject({ url: `${BASE_PATH}?page=2` });
  await app.inject({ method: 'POST', url: BASE_PATH, payload: { secret: 'x' } });
  await app.inject({ url: '/nowhere/1' });
  await app.inject({ method: 'PURGE' as 'GET', url: '/nowhere/2' });
  expect(await counted()).toEqual({
    [`GET ${BASE_PATH}/:id 404`]: 3,
    [`GET ${BASE_PATH} 200`]: 1,
    [`POST ${BASE_PATH} 400`]: 1,
    'any none 404': 2,
  });
});

test('requests that fail without the database are counted as errors of the service', async () => {
  const submit = () => app.inject({ method: 'POST', url: BASE_PATH, payload: registrationRequest() });
  await deps.database.goAway();
  expect((await submit()).statusCode).toBe(503);
  expect(await counted()).toMatchObject({ [`POST ${BASE_PATH} 503`]: 1 });
  await deps.database.comeBack();
});

test('nothing that a caller sends becomes a part of the metrics', async () => {
  const secret = 'k-7f3a9c';
  await app.inject({
    method: 'POST',
    url: BASE_PATH,
    headers: { 'idempotency-key': secret, authorization: `Bearer ${secret}` },
    payload: registrationRequest({ coordinator_id: secret, activity_type: secret, mentor_ids: [secret] }),
  });
  await app.inject({ url: `/${secret}?key=${secret}` });
  await app.inject({ url: `${BASE_PATH}/${secret}` });
  const basic = Buffer.from(`admin:${secret}`).toString('base64');
  await app.inject({ url: '/admin/queues', headers: { authorization: `Basic ${basic}` } });

  const text = await deps.metrics.registry.metrics();
  expect(text).toContain('bulk_acceptance_duration_seconds_count{operation="submit"} 1');
  for (const private_ of [secret, basic, 'correct horse', 'bulk-001', 'postgres://', 'postgresql://']) {
    expect(text).not.toContain(private_);
  }
});
