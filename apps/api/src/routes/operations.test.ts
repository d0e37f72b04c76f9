import { CALLER_PATH, OPERATIONS_PATH } from '@bulk/contract';
import { createApiKey, createTestDeps, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps({ settings: { API_AUTH: 'keys' } });
  app = await buildApp(deps);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

async function keyOf(role: 'viewer' | 'admin', coordinatorIds: string[] | null) {
  const key = await createApiKey(deps.db, { name: `${role} key`, role, coordinatorIds, expiresAt: null });
  return { authorization: `Bearer ${key}` };
}

test('a caller learns its name, role and coordinators', async () => {
  const headers = await keyOf('viewer', ['coord-1']);
  const answer = await app.inject({ url: CALLER_PATH, headers });
  expect(answer.json()).toEqual({ name: 'viewer key', role: 'viewer', coordinator_ids: ['coord-1'] });
  const refused = await app.inject({ url: OPERATIONS_PATH, headers });
  expect(refused.statusCode).toBe(403);
});

test('an admin learns how the service is doing', async () => {
  const headers = await keyOf('admin', null);
  const answer = await app.inject({ url: OPERATIONS_PATH, headers });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  const state = answer.json<{ throughput: unknown[] }>();
  expect(state).toMatchObject({
    workers: [],
    processing: { count: 0, oldest_seconds: 0 },
    queue: { is_paused: false },
    failures: [],
  });
  expect(state.throughput).toHaveLength(60);
  const wrong = await app.inject({ url: `${OPERATIONS_PATH}?hours=2`, headers });
  expect([wrong.statusCode, wrong.json()]).toMatchObject([400, { errors: [{ parameter: 'hours' }] }]);
});
