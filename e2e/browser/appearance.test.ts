import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Service, startService } from '../service.ts';
import {
  accessibilityFindings,
  expectFits,
  expectNoComplaints,
  expectStatus,
  fillIn,
  LOOKS,
  launchBrowser,
  openContext,
  PATIENCE,
  WORKSHOP,
} from './browser.ts';

// Every page as people see it: axe finds nothing, nothing is wider than the screen. With UPDATE_PICTURES=1 the
// pictures of the README are taken on the way.

const PICTURES = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));

const PICTURED = ['list light', 'dry-run light', 'details dark', 'details phone', 'operations light'];

/** What is visited. The last one stays in the middle of its run: its worker has been stopped. */
const PAGES: Record<string, (page: Page) => Promise<unknown>> = {
  list: async (page) => {
    await page.goto('/');
    await page.getByText('4 registrations').waitFor();
    for (const id of ['bulk-001', 'bulk-002']) await page.getByLabel(`Select ${id}`, { exact: true }).check();
    await page.getByText('2 registrations selected.').waitFor();
  },
  new: async (page) => {
    await page.goto('/new');
    await page.getByText('No mentors yet').waitFor();
  },
  refused: async (page) => {
    await page.goto('/new');
    await fillIn(page, { ...WORKSHOP, duration: '1500', mentors: `mentor-1\n${'x'.repeat(65)}` });
    await page.getByRole('button', { name: 'Check 2 mentors' }).click();
    await page.getByText('2 fields are not valid').waitFor();
  },
  table: async (page) => {
    await page.goto('/new');
    await fillIn(page, { mentors: 'Name\tMail\nAda\tada@example.org\nAlan\talan@example.org' });
    await page.getByLabel('Which column of the pasted table').selectOption({ index: 2 });
    await page.getByText('2 mentors, from ada@example.org to alan@example.org').waitFor();
  },
  issues: async (page) => {
    await page.goto('/new');
    await fillIn(page, { mentors: `mentor-1\nmentor-\u200B2\n${'x'.repeat(65)}\nmentor-1` });
    await page.getByRole('button', { name: 'Show the lines' }).click();
    await page.getByText('mentor-[U+200B]2').waitFor();
  },
  'dry-run': async (page) => {
    await page.goto('/new');
    await fillIn(page, { ...WORKSHOP, activity: 'office_hours', mentors: mentors('mentor', 300).join('\n') });
    await page.getByRole('button', { name: 'Check 300 mentors' }).click();
    await page.getByLabel('One more activity for mentor-2', { exact: true }).check();
    await page.getByRole('button', { name: 'Register 300 mentors' }).scrollIntoViewIfNeeded();
  },
  details: async (page) => {
    await page.goto('/registrations/bulk-002');
    await page.getByText('Retry all 20 failed mentors').waitFor();
  },
  question: async (page) => {
    await page.goto('/registrations/bulk-002');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('alertdialog').waitFor();
  },
  operations: async (page) => {
    await page.goto('/operations');
    await page.getByText('No worker is running.').waitFor();
  },
  gone: async (page) => {
    await page.goto('/registrations/bulk-999');
    await page.getByText('bulk-999 was not found').waitFor();
  },
  running: async (page) => {
    await page.goto('/registrations/bulk-004');
    await page.getByText(/\d of 100,000 mentors processed/).waitFor();
    await expectStatus(page, 'Processing');
  },
};

vi.setConfig(PATIENCE);

let browser: Browser;
let service: Service;

beforeAll(async () => {
  [browser, service] = await Promise.all([launchBrowser(), startService('postgres')]);
  const worker = await service.start('worker');
  const notes = 'Spring semester kick-off workshop';
  for (const request of [
    { mentor_ids: mentors('mentor', 20), notes },
    { mentor_ids: mentors('mentor', 300), notes },
    { mentor_ids: mentors('mentor', 50), activity_type: 'office_hours' },
  ]) {
    // One after the other, so that it is the second one that has duplicates.
    await service.finished(await service.submit(registrationRequest(request)));
  }
  await service.submit(
    registrationRequest({ mentor_ids: mentors('mentor', 100_000), activity_type: 'newsletter' }),
  );
  await waitFor(async () => (await service.details('bulk-004')).success_count > 0);
  await service.stop(worker);
});
afterAll(async () => {
  await browser.close();
  await service.close();
});

async function takePicture(page: Page, name: string, look: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: `${PICTURES}${name}-${look}.png`, animations: 'disabled' });
}

/** Every colour there is; what the other pages have is among it. */
const IN_DARK = ['list', 'dry-run', 'details', 'running'];

describe.each(Object.entries(LOOKS))('%s', (look, options) => {
  const pages = Object.entries(PAGES).filter(([name]) => look !== 'dark' || IN_DARK.includes(name));
  test.each(pages)('%s', async (name, visit) => {
    const { context, complaints } = await openContext(browser, service.url, options);
    const page = await context.newPage();
    await visit(page);
    if (process.env.UPDATE_PICTURES && PICTURED.includes(`${name} ${look}`))
      await takePicture(page, name, look);
    expect(await accessibilityFindings(page)).toEqual([]);
    await expectFits(page);
    await context.close();
    expectNoComplaints(complaints);
  });
});

test('the colours can be chosen, and stay chosen', async () => {
  const { context, complaints } = await openContext(browser, service.url, { colorScheme: 'light' });
  const page = await context.newPage();
  const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  await page.goto('/');
  const light = await background();
  await page.getByRole('button', { name: 'Change to: light' }).click();
  await page.getByRole('button', { name: 'Change to: dark' }).click();
  expect(await background()).not.toBe(light);
  await page.reload();
  expect(await background()).not.toBe(light);
  await context.close();
  expectNoComplaints(complaints);
});
