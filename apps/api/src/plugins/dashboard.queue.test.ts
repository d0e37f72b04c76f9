import { createTestDeps, mentors, submit, type TestDeps, waitFor } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

// Unless configured otherwise. With its buttons working: e2e/dashboard.queue.test.ts

const API = '/admin/queues/api/queues';
const QUEUE = 'bulk-registrations';
const headers = { authorization: `Basic ${Buffer.from('admin:correct horse').toString('base64')}` };

let deps: TestDeps;
let app: App;
beforeEach(async () => {
  const settings = { ADMIN_PASSWORD: 'correct horse' };
  deps = await createTestDeps({ backend: inject('queueBackend'), settings });
  app = await buildApp(deps);
});
afterEach(async () => {
  await app.close();
  await deps.close();
});

test('the dashboard shows everything and changes nothing', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 3) });
  const message = await waitFor(async () => {
    const answer = await app.inject({ url: `${API}/${QUEUE}/bulk-1.1.1`, headers });
    return answer.statusCode === 200 && answer.json<{ job: object; status: string }>();
  });
  expect(message).toMatchObject({
    status: 'waiting',
    job: { name: `${id}, attempt 1, 3 mentors`, externalUrl: { href: `/registrations/${id}` } },
  });

  for (const [method, path] of [
    ['PUT', 'pause'],
    ['PUT', 'empty'],
    ['PUT', 'obliterate'],
    ['PUT', 'promote'],
    ['PUT', 'clean/waiting'],
    ['PUT', 'retry/completed'],
    ['PUT', 'bulk-1.1.1/clean'],
    ['PUT', 'bulk-1.1.1/retry'],
    ['PATCH', 'bulk-1.1.1/update-data'],
    ['POST', 'add'],
  ] as const) {
    const payload =
      method === 'PUT' && path !== 'obliterate' ? undefined : { name: 'x', data: {}, jobData: {} };
    const answer = await app.inject({
      method,
      url: `${API}/${QUEUE}/${path}`,
      headers,
      ...(payload && { payload }),
    });
    expect([path, answer.statusCode]).toEqual([path, 405]);
  }
  await app.inject({ method: 'PUT', url: `${API}/pause`, headers });
  const [queue] = deps.queue.dashboardQueues();
  expect(await queue?.isPaused()).toBe(false);
  expect(await queue?.count()).toBe(1);
});

test('the page of the dashboard asks nobody else for anything', async () => {
  const page = await app.inject({ url: '/admin/queues', headers });
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<title>Queue (low level)</title>');
  expect(page.body).not.toContain('https://');
});
