import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { accessibilityFindings, expectFits, expectStatus, SCREENS, tabTo } from './browser.ts';
import { expectGoodLooks, page, service, useService } from './fixture.ts';

// Actions that cannot be undone: what they ask, what they act on, and what came of them.

useService();

test('a question is closed when the registration ends, and does not become another question', async () => {
  const id = await service.submit(registrationRequest({ activity_type: 'asked' }));
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Processing');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('alertdialog', { name: `Cancel ${id}?` }).waitFor();
  const worker = await service.start('worker');
  await page.locator('header .badge', { hasText: 'Completed' }).waitFor();
  await page.getByRole('button', { name: 'Delete' }).waitFor();
  expect(await page.getByRole('alertdialog').count()).toBe(0);
  await service.stop(worker);
});

/** Submits mentors who all have the activity already, and opens the page of the registration. */
async function openDuplicates(activity_type: string, count: number): Promise<string> {
  const worker = await service.start('worker');
  const request = registrationRequest({ activity_type, mentor_ids: mentors('m', count) });
  await service.finished(await service.submit(request));
  const id = await service.submit(request);
  await service.finished(id);
  await service.stop(worker);
  await page.goto(`/registrations/${id}`);
  await page.getByText(`Retry all ${count} failed mentors`).waitFor();
  await page.getByText(`${count} mentors`, { exact: true }).waitFor();
  return id;
}

test('a retry says how many mentors are still duplicates', async () => {
  await openDuplicates('still', 4);
  await page.getByLabel('Select m-1', { exact: true }).check();
  await page.getByRole('button', { name: 'Clear the selection' }).press('Enter');
  await page.locator('button:focus', { hasText: 'Retry all 4 failed mentors' }).waitFor();
  await page.getByLabel('Select m-1', { exact: true }).check();
  await page.getByLabel('Select m-2', { exact: true }).check();
  const worker = await service.start('worker');
  await page.getByRole('button', { name: 'Retry 2 selected mentors' }).click();
  await page.getByText('2 mentors retried: 0 registered, 2 still duplicates.').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);
  await service.stop(worker);
});

test('a range is selected with Shift, hidden mentors are counted, and override asks first', async () => {
  await openDuplicates('range', 12);
  await page.getByLabel('Select m-2', { exact: true }).click();
  await page.getByLabel('Select m-5', { exact: true }).click({ modifiers: ['Shift'] });
  await page.getByText('4 selected.').waitFor();
  // The same with the keyboard alone.
  await page.getByLabel('Select m-8', { exact: true }).press('Space');
  await page.getByLabel('Select m-10', { exact: true }).press('Shift+Space');
  await page.getByText('7 selected.').waitFor();
  expect(await page.getByLabel('Select m-9', { exact: true }).isChecked()).toBe(true);
  await page.getByLabel('Find a mentor').fill('m-1');
  await page.getByText('7 selected, 6 of them hidden by the search or the filter.').waitFor();

  await page.getByLabel('Give duplicates one more activity').check();
  const retry = page.getByRole('button', { name: 'Retry 7 selected mentors' });
  for (const screen of SCREENS) {
    await page.setViewportSize(screen);
    await retry.press('Enter');
    await page.getByRole('alertdialog', { name: 'Write 7 extra activities?' }).waitFor();
    await page.getByText('7 mentors have this activity already.').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await accessibilityFindings(page)).toEqual([]);
    }
    await expectFits(page);
    await page.keyboard.press('Escape');
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  }
  const before = await service.deps.db.prisma.activity.count();
  await retry.press('Enter');
  const worker = await service.start('worker');
  await page.getByRole('button', { name: 'Write 7 extra activities' }).press('Enter');
  await page.getByText('7 mentors retried: 7 registered.').waitFor();
  expect(await service.deps.db.prisma.activity.count()).toBe(before + 7);
  await service.stop(worker);
});

test('the head of the table does not hide the mentor that has the focus', async () => {
  await openDuplicates('head', 12);
  await page.setViewportSize({ width: 320, height: 760 });
  await page.getByLabel('Select m-12', { exact: true }).focus();
  await tabTo(page, page.getByLabel('Select m-1', { exact: true }), 'Shift+Tab');
});

test('failures are grouped by code, and what a retry did is said after a reload', async () => {
  await openDuplicates('by-code', 3);
  const failures = page.getByRole('list', { name: 'Failures by error code' });
  await failures.getByText('The mentor already has this activity on this date.').waitFor();
  await expectGoodLooks('failures');
  await failures.getByRole('button', { name: 'Write 3 extra activities' }).press('Enter');
  const dialog = page.getByRole('alertdialog', { name: 'Write 3 extra activities?' });
  await dialog.getByRole('button', { name: 'Write 3 extra activities' }).press('Enter');
  // The button went away with the failures.
  await page.locator('#results-heading:focus').waitFor();
  const worker = await service.start('worker');
  await page.getByText('3 mentors retried: 3 registered.').waitFor();
  await page.reload();
  await page.getByText('3 mentors retried: 3 registered.').waitFor();
  expect(await failures.count()).toBe(0);
  await service.stop(worker);
});
