import { gunzipSync } from 'node:zlib';
import { BASE_PATH } from '@bulk/contract';
import { createTestDeps, mentors, registrationRequest, runChain, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
let path: string;
beforeAll(async () => {
  deps = await createTestDeps();
  app = await buildApp(deps);
  path = await submit(2_500);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

async function submit(count: number): Promise<string> {
  const payload = registrationRequest({ mentor_ids: mentors('m', count) });
  const { id } = (await app.inject({ method: 'POST', url: BASE_PATH, payload })).json<{ id: string }>();
  await runChain(deps, id);
  return `${BASE_PATH}/${id}`;
}

const get = (url: string, headers: Record<string, string> = { 'accept-encoding': 'gzip, br' }) =>
  app.inject({ url, headers });

test('a large answer is compressed if the client accepts gzip, and says the same', async () => {
  for (const url of [
    path,
    `${path}/results`,
    `${path}/results?format=csv`,
    `${path}/results?format=ndjson`,
  ]) {
    const plain = await get(url, {});
    const compressed = await get(url);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(compressed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(compressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 4);
    expect(gunzipSync(compressed.rawPayload).toString()).toBe(plain.body);
  }
});

test('the ETag of a compressed answer is weak, and both forms of it are known', async () => {
  const strong = String((await get(path, {})).headers.etag);
  const weak = String((await get(path)).headers.etag);
  expect([weak, strong[0]]).toEqual([`W/${strong}`, '"']);
  for (const tag of [weak, strong]) {
    const answer = await get(path, { 'accept-encoding': 'gzip', 'if-none-match': tag });
    expect([answer.statusCode, answer.body]).toEqual([304, '']);
    expect(answer.headers).toMatchObject({ etag: strong, vary: 'accept-encoding' });
    expect(answer.headers['content-encoding']).toBeUndefined();
  }
  const deleted = { method: 'DELETE', url: path, headers: { 'if-match': weak } } as const;
  path = await submit(2_500);
  expect((await app.inject(deleted)).statusCode).toBe(200);
});

test('events, small answers and answers to a POST are sent as they are', async () => {
  const headers = { 'accept-encoding': 'gzip', 'content-type': 'application/json' };
  const payload = registrationRequest({ mentor_ids: mentors('n', 500) });
  const answers = [
    await get(`${path}/events`),
    await get(`${path}/failures`),
    await get(`${BASE_PATH}/bulk-999`),
    await app.inject({ method: 'POST', url: BASE_PATH, headers, payload }),
  ];
  for (const { headers } of answers) expect(headers['content-encoding']).toBeUndefined();
});

test('HEAD answers without a body', async () => {
  const answer = await app.inject({ method: 'HEAD', url: path, headers: { 'accept-encoding': 'gzip' } });
  expect([answer.statusCode, answer.body, answer.headers.vary]).toEqual([200, '', 'accept-encoding']);
});
