import { BASE_PATH } from '@bulk/contract';
import {
  createApiKey,
  createTestDeps,
  revokeApiKey,
  runChain,
  submit,
  type TestDeps,
} from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';
import { EventReader } from '../testing/event-reader.ts';

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory', settings: { API_AUTH: 'keys' } });
  app = await buildApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

const keyOf = (name: string, expiresAt: Date | null = null) =>
  createApiKey(deps.db, { name, role: 'viewer', coordinatorIds: null, expiresAt });

const watch = (id: string, apiKey: string) =>
  EventReader.connect(`${app.listeningOrigin}${BASE_PATH}/${id}/events`, { apiKey });

test('a stream ends when its key is revoked or expires, and the streams of other keys go on', async () => {
  const id = await submit(deps);
  const revoked = await watch(id, await keyOf('revoked'));
  const expired = await watch(id, await keyOf('expired', new Date(Date.now() + 3_000)));
  const valid = await watch(id, await keyOf('valid'));
  await revokeApiKey(deps.db, 'revoked');
  for (const reader of [revoked, expired]) {
    expect(reader.response.status).toBe(200);
    expect((await reader.rest()).every(({ name }) => name === 'progress')).toBe(true);
  }
  await runChain(deps, id);
  expect((await valid.rest()).at(-1)?.name).toBe('end');
});
