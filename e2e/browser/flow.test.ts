import { readFile } from 'node:fs/promises';
import { mentors, openPatientDatabase, registrationRequest } from '@bulk/core/testing';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, inject, test, vi } from 'vitest';
import { type Service, startService } from '../service.ts';
import {
  accessibilityFindings,
  type Complaints,
  expectFits,
  expectInWindow,
  expectNoComplaints,
  expectResult,
  expectStatus,
  fillIn,
  launchBrowser,
  openContext,
  PATIENCE,
  WORKSHOP,
} from './browser.ts';

vi.setConfig(PATIENCE);

let browser: Browser;
let service: Service;
let context: BrowserContext;
let complaints: Complaints;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  const backend = inject('redisUrl') === null ? 'postgres' : 'redis';
  service = await startService(backend, { BATCH_SIZE: '100', TIME_SLICE_MS: '20' });
  ({ context, complaints } = await openContext(browser, service.url));
  page = await context.newPage();
});
afterEach(async () => {
  await context.close();
  await service.close();
  expectNoComplaints(complaints);
});

test('300 mentors of whom 20 have the activity: seen before, selected, registered, retried, downloaded', async () => {
  await service.start('worker');
  await service.submit(registrationRequest({ mentor_ids: mentors('mentor', 20) }));

  await page.goto('/');
  await page.getByRole('link', { name: 'New registration' }).click();
  // As it comes out of a spreadsheet, with some pasted twice.
  const pasted = ['Mentor ID', ...mentors('mentor', 300), ...mentors('mentor', 3)].join('\r\n');
  await fillIn(page, { ...WORKSHOP, mentors: pasted });
  await page.getByText('3 IDs are repeated. Each mentor is registered once.').waitFor();
  await page.getByRole('button', { name: 'Check 300 mentors' }).click();
  await page.getByText('280 of 300 mentors would get the activity').waitFor();
  expect(await service.deps.db.prisma.bulkRegistration.count()).toBe(1);
  await page.getByLabel('One more activity for mentor-1', { exact: true }).check();
  await page.getByLabel('One more activity for mentor-2', { exact: true }).check();
  await page.getByRole('button', { name: 'Register 300 mentors' }).click();

  await page.waitForURL('**/registrations/bulk-002');
  await expectStatus(page, 'Completed');
  await page.getByText('Retry all 18 failed mentors').waitFor();
  await expectResult(page, 'mentor-3', /Failed .* Existing activity: pa-\d+\.$/);

  await page.getByLabel('Select mentor-3', { exact: true }).check();
  await page.getByLabel('Select mentor-4', { exact: true }).check();
  await page.getByLabel('Give duplicates one more activity').check();
  await page.getByRole('button', { name: 'Retry 2 selected mentors' }).click();
  await page.getByRole('button', { name: 'Write 2 extra activities' }).click();
  await page.getByText('Retry all 16 failed mentors').waitFor();
  await page.getByLabel('Find a mentor').fill('mentor-4');
  await expectResult(page, 'mentor-4', /^mentor-4 Registered pa-\d+$/);

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'CSV', exact: true }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('bulk-002-results.csv');
  const lines = (await readFile(await download.path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines).toHaveLength(301);
  expect(lines.filter((line) => line.includes(',failed,'))).toHaveLength(16);
  expect(await service.deps.db.prisma.activity.count()).toBe(20 + 280 + 4);
});

test('a running registration is cancelled, after a question', async () => {
  const id = await service.submit(registrationRequest({ mentor_ids: mentors('m', 50_000) }));
  await page.goto(`/registrations/${id}`);
  await page.getByRole('progressbar').waitFor();
  await withLockedBatches(service, 100, async () => {
    await service.start('worker');
    await page.locator('.progress-percent').filter({ hasNotText: /^0 %/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel the registration' }).click();
    await expectStatus(page, 'Cancelled');
  });
  const written = await service.deps.db.prisma.activity.count();
  expect(written).toBeGreaterThan(0);
  expect(written).toBeLessThan(50_000);
  await page.getByText('Not done', { exact: true }).waitFor();

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the registration' }).click();
  await page.getByText('bulk-001 was deleted').waitFor();
  expect(await service.deps.db.prisma.activity.count()).toBe(written);
});

test('a preview whose duplicates have changed registers nothing, and shows the new ones', async () => {
  await service.start('worker');
  const first = await service.submit(registrationRequest({ mentor_ids: ['mentor-1'] }));
  await page.goto(`/registrations/${first}`);
  await expectStatus(page, 'Completed');

  await page.goto('/new');
  await page.setViewportSize({ width: 320, height: 760 });
  await fillIn(page, { ...WORKSHOP, mentors: 'mentor-1, mentor-2, mentor-3' });
  await page.getByRole('button', { name: 'Check 3 mentors' }).click();
  const existing = page.getByRole('cell', { name: 'pa-001 by coord-42' });
  await expectInWindow(page, existing);
  expect((await existing.boundingBox())?.width).toBeGreaterThan(150);
  await page.getByLabel('Select all duplicates').check();
  const other = await context.newPage();
  await other.goto(
    `/registrations/${await service.submit(registrationRequest({ mentor_ids: ['mentor-2'] }))}`,
  );
  await expectStatus(other, 'Completed');
  await page.getByRole('button', { name: 'Register 3 mentors' }).click();

  await page.getByText('The duplicates have changed since the preview').waitFor();
  await page.getByText('“mentor-2” has become a duplicate.').waitFor();
  await page.getByText('1 of 3 mentors would get the activity').waitFor();
  await page.locator('#report-heading:focus').waitFor();
  await expectInWindow(page, page.getByText('The duplicates have changed since the preview'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await accessibilityFindings(page)).toEqual([]);
  }
  await expectFits(page);
  expect(await page.getByLabel('One more activity for mentor-1').isChecked()).toBe(true);
  expect(await service.deps.db.prisma.bulkRegistration.count()).toBe(2);
  await page.getByRole('button', { name: 'Register 3 mentors' }).click();
  await page.waitForURL('**/registrations/bulk-003');
  await expectStatus(page, 'Completed');
  await page.getByText('Retry 1 failed mentor').waitFor();
  expect(await service.deps.db.prisma.activity.count()).toBe(4);
});

test('an outage of the service is said, and over as soon as it is back', async () => {
  const id = await service.submit(registrationRequest());
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Processing');
  await service.stop(service.api);
  await page.getByText('Offline.').waitFor();
  await service.start('api');
  await page.getByText('Connected again.').waitFor();
  await service.start('worker');
  await expectStatus(page, 'Completed');
});

/** Locks the batches after a number of them while `act` runs: a registration that has more is not over meanwhile. */
async function withLockedBatches(
  { deps }: Service,
  unlocked: number,
  act: () => Promise<void>,
): Promise<void> {
  const db = openPatientDatabase(deps.config.databaseUrl);
  try {
    await db.prisma.$transaction(
      async (tx) => {
        await tx.$executeRaw`select from registration_batches where batch_no > ${unlocked} for update`;
        await act();
      },
      { timeout: PATIENCE.testTimeout },
    );
  } finally {
    await db.close();
  }
}
