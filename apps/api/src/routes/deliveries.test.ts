import { BASE_PATH, type ListDeliveriesResponse } from '@bulk/contract';
import { createTestDeps, runChain, submit, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

const WEBHOOK_SECRET = `whsec_${'ab1+'.repeat(8)}`;

let deps: TestDeps;
let app: App;
let id: string;
beforeAll(async () => {
  deps = await createTestDeps({
    backend: 'memory',
    settings: { WEBHOOK_URL: 'https://hooks.example.com/hunter2', WEBHOOK_SECRET },
  });
  app = await buildApp(deps);
  id = await submit(deps);
  await runChain(deps, id);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

const list = (of = id) => app.inject(`${BASE_PATH}/${of}/deliveries`);
const redeliver = (delivery: string, of = id) =>
  app.inject({ method: 'POST', url: `${BASE_PATH}/${of}/deliveries/${delivery}/redeliver` });

test('the deliveries of a registration are listed', async () => {
  const response = await list();
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual({
    data: [
      {
        id: expect.stringMatching(/^msg_[0-9a-f-]{36}$/),
        type: 'registration.completed',
        status: 'pending',
        created_at: expect.any(String),
        attempts: 0,
        next_attempt_at: expect.any(String),
        finished_at: null,
        last_http_status: null,
        last_error: null,
      },
    ],
  });
  expect((await list(await submit(deps))).json()).toEqual({ data: [] });
  expect((await list('bulk-999')).statusCode).toBe(404);
  expect((await app.inject(`${BASE_PATH}/${id}/deliveries?page=2`)).statusCode).toBe(400);
});

test('a delivery is made due again, whatever became of it', async () => {
  const [delivery] = (await list()).json<ListDeliveriesResponse>().data;
  await deps.db.prisma.$executeRaw`
    update webhook_deliveries set status = 'failed', finished_at = now(), attempts = 9, due_at = '-infinity'`;
  const response = await redeliver(delivery?.id ?? '');
  expect(response.statusCode).toBe(202);
  expect(response.json()).toMatchObject({
    id: delivery?.id,
    status: 'pending',
    attempts: 0,
    finished_at: null,
  });
});

test('one that is not there, or of another registration, is a 404', async () => {
  const [delivery] = (await list()).json<ListDeliveriesResponse>().data;
  const other = await submit(deps);
  for (const response of [
    await redeliver('msg_00000000-0000-4000-8000-000000000000'),
    await redeliver("msg_'; drop table webhook_deliveries"),
    await redeliver('1'),
    await redeliver(delivery?.id ?? '', other),
  ]) {
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ type: 'urn:bulk-registrations:problem:delivery-not-found' });
  }
});

test('without a webhook nothing can be sent again, which is a 409', async () => {
  const [delivery] = (await list()).json<ListDeliveriesResponse>().data;
  const without = await buildApp({ ...deps, config: { ...deps.config, webhook: null } });
  const response = await without.inject({
    method: 'POST',
    url: `${BASE_PATH}/${id}/deliveries/${delivery?.id}/redeliver`,
  });
  expect([response.statusCode, response.json()]).toMatchObject([
    409,
    { type: 'urn:bulk-registrations:problem:no-webhook' },
  ]);
  await without.close();
});

test('no answer has the secret or the address of the webhook', async () => {
  const answers = await Promise.all([
    list(),
    redeliver('1'),
    app.inject('/openapi.json'),
    app.inject(`${BASE_PATH}/${id}`),
  ]);
  for (const { body } of answers) {
    expect(body).not.toContain(WEBHOOK_SECRET.slice(6));
    expect(body).not.toContain('hunter2');
  }
});
