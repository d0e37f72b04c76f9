import { type BulkClient, createClient } from '@bulk/client';
import { createWebhookSender, deliverDue } from '@bulk/core';
import { registrationRequest, startWebhookEndpoint, type WebhookEndpoint } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bulk } from './bulk.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

const WEBHOOK_SECRET = `whsec_${'ab1+'.repeat(8)}`;

let endpoint: WebhookEndpoint;
let service: InProcessService;
let client: BulkClient;
beforeAll(async () => {
  endpoint = await startWebhookEndpoint();
  service = await startInProcess({
    WEBHOOK_URL: endpoint.url,
    WEBHOOK_SECRET,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  });
  client = createClient({ baseUrl: service.url });
});
afterAll(async () => {
  await service.close();
  await endpoint.close();
});

const run = (...args: string[]) => bulk(args, { env: { BULK_URL: service.url } });

async function deliver(httpStatus: number): Promise<void> {
  endpoint.answer((response) => response.writeHead(httpStatus).end());
  const sender = createWebhookSender({ url: endpoint.url, secret: WEBHOOK_SECRET, allowsPrivate: true });
  await deliverDue(service.deps, sender);
  await sender.close();
}

/** A registration whose event the endpoint has refused. */
async function refused(activityType: string): Promise<string> {
  const { id } = await client.create(registrationRequest({ activity_type: activityType }));
  await service.work(id);
  await deliver(410);
  return id;
}

test('the client lists deliveries and sends one again', async () => {
  const { id } = await client.create(registrationRequest({ activity_type: 'from_code' }));
  expect(await client.deliveries(id)).toEqual({ data: [] });
  await service.work(id);
  await deliver(410);
  const [delivery] = (await client.deliveries(id)).data;
  expect(delivery).toMatchObject({ type: 'registration.completed', status: 'failed', last_http_status: 410 });

  expect(await client.redeliver(id, delivery!.id)).toMatchObject({ id: delivery?.id, status: 'pending' });
  await deliver(204);
  expect((await client.deliveries(id)).data).toMatchObject([{ id: delivery?.id, status: 'delivered' }]);
  await expect(client.redeliver(id, 'msg_/../x')).rejects.toMatchObject({ code: 'delivery_not_found' });
  await expect(client.deliveries('bulk-999')).rejects.toMatchObject({ status: 404 });
});

test('bulk deliveries prints a table, and sends one again', async () => {
  const id = await refused('from_a_terminal');
  const listed = await run('deliveries', id);
  expect(listed.code).toBe(0);
  expect(listed.out).toMatch(
    /^DELIVERY +EVENT +CREATED +STATUS +ATTEMPTS +LAST ANSWER\nmsg_\S+ +registration\.completed +\S+Z +failed +1 +The endpoint answered 410/,
  );
  const [deliveryId = ''] = /msg_\S+/.exec(listed.out) ?? [];

  const again = await run('deliveries', id, '--redeliver', deliveryId);
  expect([again.code, again.out]).toEqual([0, '']);
  expect(again.err).toBe(`Accepted. It will be sent in a moment. To see the answer: bulk deliveries ${id}\n`);
  await deliver(204);
  expect((await run('deliveries', id)).out).toMatch(/ delivered +1 +204\n$/);
  expect(endpoint.received.filter(({ headers }) => headers['webhook-id'] === deliveryId)).toHaveLength(2);
});

test('bulk deliveries as JSON, of a registration without any, and of an unknown delivery', async () => {
  const { id } = await client.create(registrationRequest({ activity_type: 'pending' }));
  expect(await run('deliveries', id)).toEqual({ code: 0, out: '', err: 'Nothing was sent to a webhook.\n' });
  await service.work(id);
  const listed = await run('deliveries', id, '--json');
  expect(JSON.parse(listed.out)).toEqual(await client.deliveries(id));
  const unknown = await run('deliveries', id, '--redeliver', 'msg_1');
  expect([unknown.code, unknown.err]).toEqual([3, expect.stringContaining('has no such delivery')]);
});
