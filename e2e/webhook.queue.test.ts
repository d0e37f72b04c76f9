import {
  mentors,
  registrationRequest,
  startWebhookEndpoint,
  type WebhookEndpoint,
  waitFor,
} from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Service, startService } from './service.ts';

let endpoint: WebhookEndpoint;
let service: Service;
beforeEach(async () => {
  endpoint = await startWebhookEndpoint();
  service = await startService(inject('queueBackend'), {
    WEBHOOK_URL: endpoint.url,
    WEBHOOK_SECRET: `whsec_${'ab1+'.repeat(8)}`,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  });
});
afterEach(async () => {
  await endpoint.close();
  await service.close();
});

const submit = (type: string) =>
  service.submit(registrationRequest({ mentor_ids: mentors('m', 5), activity_type: type }));

test('an event that was being sent when its worker was killed is sent by another', async () => {
  endpoint.answer(() => {});
  const first = await service.start('worker');
  const id = await submit('killed');
  await waitFor(() => endpoint.received.length === 1);
  await service.stop(first, 'SIGKILL');

  endpoint.answer((response) => response.writeHead(204).end());
  await service.start('worker');
  await waitFor(() => endpoint.received.length === 2);
  const [before, after] = endpoint.received;
  expect(after?.headers['webhook-id']).toBe(before?.headers['webhook-id']);
  expect(after?.body).toContain(id);
  await waitFor(
    async () => (await service.deps.db.prisma.webhookDelivery.findFirst())?.status === 'delivered',
  );
  expect(endpoint.received).toHaveLength(2);
});

test('an endpoint that hangs delays no registration', async () => {
  endpoint.answer(() => {});
  await service.start('worker');
  await service.finished(await submit('first'));
  await waitFor(() => endpoint.received.length === 1);
  const startedAt = performance.now();
  const ids = await Promise.all(Array.from({ length: 30 }, (_, index) => submit(`t-${index}`)));
  for (const id of ids) expect(await service.finished(id)).toMatchObject({ status: 'completed' });
  // Were each to wait for its event, eight at a time, they would take forty.
  expect(performance.now() - startedAt).toBeLessThan(20_000);
  endpoint.answer((response) => response.writeHead(204).end());
});
