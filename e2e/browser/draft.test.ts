import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { expectStatus, fillIn, WORKSHOP } from './browser.ts';
import { context, expectGoodLooks, page, service, useService } from './fixture.ts';

// The form of a new registration is a draft until it is sent, and can begin as a copy of another registration.

useService();

const form = async () => [
  await page.getByLabel('Coordinator').inputValue(),
  await page.getByLabel('Activity type').inputValue(),
  await page.getByLabel('Date').inputValue(),
  await page.getByLabel('Duration in minutes').inputValue(),
  await page.getByLabel('Mentor IDs').inputValue(),
];
const filled = (ids: string) => ['coord-42', 'group_workshop', '2026-03-28', '120', ids];

test('a draft is kept when the user leaves or reloads, until it is cleared', async () => {
  await page.goto('/new');
  await fillIn(page, { ...WORKSHOP, mentors: 'm-1\nm-2' });
  await page.getByRole('link', { name: 'Bulk registrations' }).click();
  await page.getByRole('link', { name: 'New registration' }).click();
  expect(await form()).toEqual(filled('m-1\nm-2'));
  await page.reload();
  await page.getByText('This tab keeps what you fill in').waitFor();
  expect(await form()).toEqual(filled('m-1\nm-2'));

  await page.getByRole('button', { name: 'Clear', exact: true }).press('Enter');
  await page.getByText('and the list of 2 mentors').waitFor();
  await expectGoodLooks('draft');
  await page.getByRole('button', { name: 'Clear the form' }).press('Enter');
  await page.getByText('No mentors yet').waitFor();
  await page.locator('h1:focus').waitFor();
  await page.reload();
  await page.getByText('No mentors yet').waitFor();
  expect(await form()).toEqual(['', '', '', '', '']);
});

test('a draft ends when it is registered; a copy begins the next one, and replaces a draft only after a question', async () => {
  await page.goto('/new');
  await fillIn(page, { ...WORKSHOP, mentors: 'm-1, m-2' });
  await page.getByRole('button', { name: 'Check 2 mentors' }).click();
  await page.getByRole('button', { name: 'Register 2 mentors' }).click();
  await page.waitForURL('**/registrations/*');
  const { href } = new URL(page.url());
  await page.getByRole('link', { name: 'New registration' }).click();
  await page.getByText('No mentors yet').waitFor();
  expect(await form()).toEqual(['coord-42', '', '', '', '']);

  await page.goto(href);
  await page.getByRole('button', { name: 'New from this one' }).click();
  await page.waitForURL('**/new');
  expect(await form()).toEqual(filled('m-1\nm-2'));
  await page.getByLabel('Mentor IDs').fill('m-9');
  await page.goto(href);
  await page.getByRole('button', { name: 'New from this one' }).click();
  await page.getByRole('alertdialog', { name: 'Replace your draft?' }).waitFor();
  await expectGoodLooks('replace');
  await page.getByRole('button', { name: 'Replace the draft' }).press('Enter');
  await page.waitForURL('**/new');
  expect(await form()).toEqual(filled('m-1\nm-2'));
});

test('label and reference are shown; a taken reference is said at its field; a copy has the label only', async () => {
  const reference = page.getByLabel('External reference');
  await page.goto('/new');
  const notes = 'Spring semester. '.repeat(30);
  await fillIn(page, { ...WORKSHOP, activity: 'labelled', notes, mentors: 'l-1' });
  await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
  await page.getByLabel('Label').fill('Spring, Berlin');
  await reference.fill('crm-1');
  await expectGoodLooks('more');
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByRole('button', { name: 'Register 1 mentor' }).click();
  await page.waitForURL('**/registrations/*');
  const id = page.url().split('/').at(-1) ?? '';
  await page.getByText('Spring, Berlin').waitFor();
  await page.getByText('crm-1').waitFor();
  await expectGoodLooks('labelled');

  await page.getByRole('button', { name: 'New from this one' }).click();
  await page.waitForURL('**/new');
  expect(await page.getByLabel('Label').inputValue()).toBe('Spring, Berlin');
  expect(await reference.inputValue()).toBe('');
  await reference.fill('crm-1');
  await page.getByRole('button', { name: 'More', exact: true }).press('Enter');
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByText(`is the reference of ${id}`, { exact: true }).waitFor();
  await page.locator('input[name="external_reference"]:focus').waitFor();
  await expectGoodLooks('taken');

  await page.goto('/');
  await page.getByRole('cell', { name: 'Spring, Berlin crm-1' }).waitFor();
  await expectGoodLooks('list-labels');
  await page.getByRole('button', { name: 'Filters' }).press('Enter');
  await reference.fill('crm-1');
  await reference.press('Enter');
  await page.waitForURL('**/?external_reference=crm-1');
  await page.getByText('1 registration', { exact: true }).waitFor();
});

test('the mentors whom a cancel left without a result can be registered anew', async () => {
  const id = await service.submit(
    registrationRequest({ activity_type: 'left', mentor_ids: mentors('left', 1_200) }),
  );
  await page.goto(`/registrations/${id}`);
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Cancel the registration' }).click();
  await expectStatus(page, 'Cancelled');
  const copy = page.getByRole('button', { name: 'Register the 1,200 not done' });
  await copy.waitFor();
  await expectGoodLooks('copied');
  await copy.press('Enter');
  await page.waitForURL('**/new');
  await page.getByRole('button', { name: 'Check 1,200 mentors' }).waitFor();
});

test('earlier values are suggested, a near one is asked about, and failed IDs are copied', async () => {
  const worker = await service.start('worker');
  const request = registrationRequest({ activity_type: 'office_hours', mentor_ids: mentors('m', 2) });
  await service.finished(await service.submit(request));
  const id = await service.submit(request);
  await service.finished(id);
  await service.stop(worker);

  await page.goto('/new');
  await page.locator('datalist option[value="office_hours"]').waitFor({ state: 'attached' });
  await fillIn(page, { activity: 'Office-Hour' });
  const use = page.getByRole('button', { name: 'Use office_hours' });
  await use.waitFor();
  await expectGoodLooks('not-done');
  await use.press('Enter');
  expect(await page.getByLabel('Activity type').inputValue()).toBe('office_hours');
  await use.waitFor({ state: 'detached' });
  await page.locator('input[name="activity_type"]:focus').waitFor();

  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(`/registrations/${id}`);
  await page.getByRole('button', { name: 'Copy the 2 failed IDs' }).press('Enter');
  await page.getByText('The IDs were copied, one per line.').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe('m-1\nm-2');
  await expectGoodLooks('copied-ids');
});
