import {
  createTestDeps,
  currentJob,
  mentors,
  runNextBatch,
  runOnce,
  submit,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

// Unless configured otherwise. With its buttons working: e2e/dashboard.queue.test.ts

const API = '/admin/queues/api/queues';
const QUEUE = 'bulk-registrations';
const REST = 'bulk-registrations-rest';
const headers = { authorization: `Basic ${Buffer.from('admin:correct horse').toString('base64')}` };

let deps: TestDeps;
let app: App;
beforeEach(async () => {
  const settings = { ADMIN_PASSWORD: 'correct horse', BATCH_SIZE: '10' };
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

test('a job has the progress that the API tells, also while it waits for its turn', async () => {
  const id = await submit(deps, { mentor_ids: mentors('m', 30) });
  await runOnce(deps, await currentJob(deps, id));
  await runNextBatch(deps, id);
  const details = await app.inject(`/api/v1/bulk-registrations/${id}?view=status`);
  const { progress } = details.json<{ progress: { percent: number } }>();
  expect(progress.percent).toBe(66);

  const shown = { status: 'processing', mentors: 30, succeeded: 20, failed: 0, progress: progress.percent };
  const list = await app.inject({ url: `${API}?activeQueue=${REST}&status=latest`, headers });
  const { queues } = list.json<{ queues: { name: string; displayName: string; jobs: object[] }[] }>();
  expect(queues.map(({ displayName }) => displayName)).toEqual(['First batches', 'Other batches']);
  expect(queues[1]?.jobs).toMatchObject([{ id: 'bulk-1.1.2', progress: shown }]);
  const one = await app.inject({ url: `${API}/${REST}/bulk-1.1.2`, headers });
  expect(one.json()).toMatchObject({ job: { progress: shown } });
});

test('the details of Redis, whose button is its logo, are offered only with Redis', async () => {
  const page = await app.inject({ url: '/admin/queues', headers });
  const [, config = ''] = /<script id="__UI_CONFIG__"[^>]*>(.*?)<\/script>/.exec(page.body) ?? [];
  const isOnRedis = inject('queueBackend') === 'redis';
  expect(JSON.parse(config)).toMatchObject({ hideRedisDetails: !isOnRedis, hideDocsLink: true });
  const stats = await app.inject({ url: '/admin/queues/api/redis/stats', headers });
  expect(stats.statusCode).toBe(isOnRedis ? 200 : 403);
});

test('the page of the dashboard asks nobody else for anything', async () => {
  const page = await app.inject({ url: '/admin/queues', headers });
  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<title>Queue (low level)</title>');
  expect(page.body).not.toContain('https://');
});
