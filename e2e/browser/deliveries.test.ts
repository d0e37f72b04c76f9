import { registrationRequest, startWebhookEndpoint, type WebhookEndpoint } from '@bulk/core/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Service, startService } from '../service.ts';
import {
  accessibilityFindings,
  expectFits,
  expectNoComplaints,
  expectStatus,
  launchBrowser,
  openContext,
  PATIENCE,
} from './browser.ts';

vi.setConfig(PATIENCE);

let browser: Browser;
let endpoint: WebhookEndpoint;
let service: Service;
beforeAll(async () => {
  endpoint = await startWebhookEndpoint();
  endpoint.answer((response) => response.writeHead(410).end());
  const settings = {
    WEBHOOK_URL: endpoint.url,
    WEBHOOK_SECRET: `whsec_${'ab1+'.repeat(8)}`,
    WEBHOOK_ALLOW_PRIVATE: 'true',
  };
  [browser, service] = await Promise.all([launchBrowser(), startService('postgres', settings)]);
});
afterAll(async () => {
  await browser.close();
  await service.close();
  await endpoint.close();
});

test('a delivery that was given up is shown, and sent again', async () => {
  const look = { viewport: { width: 320, height: 640 } };
  const { context, complaints } = await openContext(browser, service.url, look);
  const page = await context.newPage();
  const id = await service.submit(registrationRequest());
  await page.goto(`/registrations/${id}`);
  await page.getByRole('heading', { name: 'History' }).waitFor();
  expect(await page.getByText('Webhook deliveries').count()).toBe(0);

  await service.start('worker');
  await expectStatus(page, 'Completed');
  const delivery = page.getByRole('listitem').filter({ hasText: 'registration.completed' });
  await delivery.getByText('Given up').waitFor();
  await delivery.getByText('1 attempt. The endpoint answered 410').waitFor();
  await page.getByRole('heading', { name: 'Webhook deliveries' }).waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await expectFits(page);

  endpoint.answer((response) => response.writeHead(204).end());
  await delivery.getByRole('button', { name: 'Send again' }).click();
  await delivery.getByText('Delivered').waitFor();
  expect(endpoint.received).toHaveLength(2);
  expect(endpoint.received[1]?.headers['webhook-id']).toBe(endpoint.received[0]?.headers['webhook-id']);
  await context.close();
  expectNoComplaints(complaints);
});
