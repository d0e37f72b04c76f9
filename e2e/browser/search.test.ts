import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { expectGoodLooks, page, service, useService } from './fixture.ts';

// The search box, and the pages of an activity and of a mentor.

useService({ hasWorker: true });

const MENTOR = 'a/b?c=1 & <d>';
const box = () => page.getByRole('combobox', { name: 'Search' });
const path = () => page.url().slice(service.url.length);

/** Registers one activity for a mentor with an unusual ID and two others. */
async function register(activity_type: string): Promise<string> {
  const mentor_ids = [MENTOR, ...mentors('m', 2)];
  const id = await service.submit(registrationRequest({ activity_type, mentor_ids }));
  await service.finished(id);
  return id;
}

test('a registration is found with the keyboard alone, from any page', async () => {
  const id = await register('found');
  await page.goto('/registrations/bulk-999');
  await page.getByText('bulk-999 was not found').waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(id);
  const hit = page.getByRole('option', { name: id });
  await hit.waitFor();
  expect(await box().getAttribute('aria-expanded')).toBe('true');
  await expectGoodLooks('search');
  await page.keyboard.press('Escape');
  await hit.waitFor({ state: 'detached' });
  await box().fill('');
  // Enter comes before the hits.
  await box().fill(id);
  await page.keyboard.press('Enter');
  await expect.poll(path).toBe(`/registrations/${id}`);
  expect(await box().inputValue()).toBe('');
});

test('a mentor of any characters and its activity are found and shown', async () => {
  const id = await register('shown');
  await page.goto('/');
  await box().fill(MENTOR);
  await page.getByRole('option', { name: MENTOR }).click();
  await page.getByRole('heading', { name: MENTOR }).waitFor();
  await page.reload();
  const row = page.getByRole('listitem').filter({ hasText: 'shown' });
  await row.waitFor();
  await expectGoodLooks('mentor');
  const days = page.getByRole('status').filter({ hasText: 'This mentor has' });
  await page.getByLabel('Activity date from').fill('2026-03-29');
  await page.keyboard.press('Enter');
  await days.filter({ hasText: 'no activities from 29 Mar 2026' }).waitFor();
  expect(await page.evaluate('document.activeElement.type')).toBe('date');
  await page.getByLabel('Activity date to').fill('2026-03-28');
  await page.keyboard.press('Enter');
  await page.getByText('must not be later than to').first().waitFor();
  await expectGoodLooks('mentor-refused');
  await page.reload();
  await page.getByLabel('Activity date from').fill('2026-03-28');
  await page.keyboard.press('Enter');
  await days.filter({ hasText: /\d activit.* from 28 Mar 2026 to 28 Mar 2026/ }).waitFor();
  await row.getByRole('link').click();
  await page.getByRole('link', { name: id }).waitFor();
  await page.getByRole('link', { name: MENTOR }).waitFor();
  await expectGoodLooks('activity');
  const activity = path().split('/').at(-1)!;
  await page.reload();
  await page.getByRole('heading', { name: activity }).waitFor();
  await box().fill(activity);
  await page.getByRole('option', { name: activity }).waitFor();

  await page.goto('/activities/pa-999999');
  await page.getByText('pa-999999 was not found').waitFor();
});

test('a coordinator leads to its registrations, and what is refused is said', async () => {
  await service.submit(registrationRequest({ coordinator_id: 'coord-sought' }));
  await page.goto('/');
  await box().fill('coord-sou');
  await page.getByRole('option', { name: 'coord-sought' }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('1 registration', { exact: true }).waitFor();
  expect(path()).toBe('/?coordinator_id=coord-sought');
  await box().fill('x'.repeat(201));
  await page.getByText('at most 200').waitFor();
  await expectGoodLooks('search-refused');
});

test('the marked hit is scrolled into view', async () => {
  for (const index of [1, 2, 3, 4])
    await service.submit(registrationRequest({ coordinator_id: `coord-scroll-${index}` }));
  await page.setViewportSize({ width: 320, height: 320 });
  await page.goto('/');
  await box().fill('coord-scroll');
  await page.getByRole('option').nth(3).waitFor();
  await page.keyboard.press('ArrowUp');
  const marked = page.getByRole('option', { selected: true });
  await expect.poll(() => marked.textContent()).toContain('coord-scroll-4');
  const bottomOf = async (element: typeof marked) => {
    const { y, height } = (await element.boundingBox())!;
    return y + height;
  };
  expect(await bottomOf(marked)).toBeLessThanOrEqual(await bottomOf(page.locator('.search-panel')));
});

test('a search that the service could not answer is tried again', async () => {
  await page.route(
    '**/api/v1/search?*',
    (route) => route.fulfill({ status: 503, headers: { 'retry-after': '1' }, body: '' }),
    { times: 1 },
  );
  await service.submit(registrationRequest({ coordinator_id: 'coord-again' }));
  await page.goto('/');
  await box().fill('coord-again');
  await page.getByRole('option', { name: 'coord-again' }).waitFor();
});

test('totals are above the list', async () => {
  await register('counted');
  await page.goto('/');
  await page.getByText('Mentors registered in the last 7 days').waitFor();
  await expectGoodLooks('totals');
});
