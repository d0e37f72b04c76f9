import { readFile } from 'node:fs/promises';
import { BASE_PATH } from '@bulk/contract';
import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { tabTo } from './browser.ts';
import { expectGoodLooks, page, service, useService } from './fixture.ts';

// The list: several registrations are selected and acted on, and what is shown is exported.

useService();

/** Submits three registrations, of which the last two have 2 failed mentors each, and one that waits. */
async function openList(activity_type: string): Promise<string[]> {
  const worker = await service.start('worker');
  const ids: string[] = [];
  const request = registrationRequest({ activity_type, mentor_ids: mentors('m', 2) });
  for (const _ of Array(3)) {
    const id = await service.submit(request);
    await service.finished(id);
    ids.push(id);
  }
  await service.stop(worker);
  ids.push(await service.submit(registrationRequest({ activity_type, mentor_ids: mentors('late', 2) })));
  await page.goto(`/?activity_type=${activity_type}`);
  await page.getByText('4 registrations').waitFor();
  return ids;
}

const select = (id: string) => page.getByLabel(`Select ${id}`, { exact: true });

test('several registrations are cancelled, retried and deleted, after a question with numbers', async () => {
  const [first, second, third, waiting] = await openList('several');
  await select(second!).press('Space');
  await select(waiting!).press('Shift+Space');
  await page.getByText('3 registrations selected.').waitFor();
  await expectGoodLooks('selected');
  await page.setViewportSize({ width: 1280, height: 760 });

  await page.getByRole('button', { name: 'Retry 2' }).press('Enter');
  await page
    .getByText('This retries 4 failed mentors. The other selected registration is left as it is.')
    .waitFor();
  await expectGoodLooks('retry');
  await page.getByRole('button', { name: 'Retry 2 registrations' }).press('Enter');
  await page.getByText('2 registrations were retried.').waitFor();
  await page.getByText('3 registrations selected.').waitFor({ state: 'detached' });
  await page.locator('h1:focus').waitFor();
  expect((await service.details(third!)).retry_count).toBe(1);

  await page.getByLabel('Select all registrations shown').check();
  await page.getByRole('button', { name: 'Cancel 3' }).click();
  await page.getByRole('button', { name: 'Cancel 3 registrations' }).click();
  await page.getByText('3 registrations were cancelled.').waitFor();
  expect((await service.details(waiting!)).status).toBe('cancelled');

  await select(first!).check();
  await page.getByRole('button', { name: 'Delete 1' }).click();
  await page.getByText('This deletes the registration and its results. The activities it created').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  await select(second!).check();
  await page.getByRole('button', { name: 'Delete 2' }).click();
  await page.getByRole('button', { name: 'Delete 2 registrations' }).click();
  await page.getByText('2 registrations were deleted.').waitFor();
  await page.getByText('2 registrations', { exact: true }).waitFor();
  expect(await select(first!).count()).toBe(0);
});

test('the bar of the selected registrations does not hide the row that has the focus', async () => {
  await openList('narrow');
  await page.setViewportSize({ width: 320, height: 480 });
  const boxes = page.getByLabel(/^Select bulk-/);
  await boxes.last().press('Space');
  await page.getByText('1 registration selected.').waitFor();
  await tabTo(page, boxes.first(), 'Shift+Tab');
});

test('a message does not hide what gets the focus', async () => {
  await openList('message');
  await page.setViewportSize({ width: 320, height: 480 });
  const search = page.getByLabel('Search');
  for (const text of ['nobody', 'nobody with a name that is as long as this']) {
    await search.fill(text);
    await search.press('Enter');
    // It stays under the pointer.
    await page.locator('.toast', { hasText: `“${text}”` }).hover();
  }
  const exporting = page.getByRole('button', { name: 'Export as CSV what is shown' });
  for (const height of [480, 456, 432, 408]) {
    await page.setViewportSize({ width: 320, height });
    await page
      .getByLabel(/^Select bulk-/)
      .first()
      .focus();
    await tabTo(page, exporting);
  }
});

test('what could not be changed is named, with the reason', async () => {
  const [first, second] = await openList('refused');
  await select(first!).check();
  await select(second!).check();
  await page.getByRole('button', { name: 'Retry 1' }).click();
  await page.getByRole('alertdialog').waitFor();
  await fetch(`${service.url}${BASE_PATH}/${second}`, { method: 'DELETE' });
  await page.getByRole('button', { name: 'Retry 1 registration' }).click();
  await page.getByText('1 registration could not be changed:').waitFor();
  await page
    .getByRole('listitem')
    .filter({ hasText: `${second}: ` })
    .waitFor();
  await expectGoodLooks('refused');
});

test('filters are changed with the keyboard, which stays where it is, and the back button takes them back', async () => {
  const label = 'Spring, Berlin';
  const named = registrationRequest({ activity_type: 'labels', label, external_reference: 'crm-7' });
  const id = await service.submit(named);
  await service.submit(registrationRequest({ activity_type: 'labels' }));
  await page.goto('/?activity_type=labels');
  await page.getByText('2 registrations').waitFor();
  await page.getByLabel('Label').fill(label);
  await page.keyboard.press('Enter');
  await page.getByText('1 registration', { exact: true }).waitFor();
  expect(await page.getByRole('row').getByRole('link').allTextContents()).toEqual([id]);
  expect(await page.evaluate('document.activeElement.value')).toBe(label);
  await page.goBack();
  await page.getByText('2 registrations').waitFor();
  expect(await page.getByLabel('Label').inputValue()).toBe('');

  await page.setViewportSize({ width: 320, height: 760 });
  const toggle = page.getByRole('button', { name: 'Filters: 1 set' });
  expect(await page.getByLabel('Label').isVisible()).toBe(false);
  await toggle.press('Enter');
  await page.getByLabel('Label').waitFor();
  await expectGoodLooks('filters');
  await toggle.press('Enter');
  await page.goto('/?from=2026-05-01&to=2026-04-01');
  await page.getByText('Some filters are not valid.').waitFor();
  await page.getByText('must not be later than to').waitFor();
  await expectGoodLooks('filters-refused');
  // What goes away when it is pressed leaves the focus on the page.
  await page.getByRole('button', { name: 'Clear filters' }).press('Enter');
  await page.locator('h1:focus').waitFor();
  await page.goto('/?activity_type=none');
  await page.getByRole('link', { name: 'Show all' }).press('Enter');
  await page.locator('h1:focus').waitFor();
});

test('what is shown is exported as CSV, and the oldest can be first', async () => {
  const ids = await openList('exported');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as CSV what is shown' }).click();
  const lines = (await readFile(await (await downloading).path(), 'utf8')).trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^id,coordinator_id,activity_type,/);
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(ids.toReversed());
  await page.getByText('4 registrations exported.').waitFor();
  await page.getByLabel('Order').selectOption('Oldest first');
  await expect.poll(() => page.getByRole('row').getByRole('link').allTextContents()).toEqual(ids);
});
