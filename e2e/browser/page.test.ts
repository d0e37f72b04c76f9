import { BASE_PATH } from '@bulk/contract';
import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { expectInWindow, expectResult, expectStatus, fillIn, WORKSHOP } from './browser.ts';
import { complaints, context, expectGoodLooks, page, service, useService } from './fixture.ts';

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '=HYPERLINK("http://x.example","y")',
  '__proto__',
  '"quoted, id"',
];

useService({ hasWorker: true });

const registrations = () => service.deps.db.prisma.bulkRegistration.count();
/** By the clipboard, as people do. */
const paste = async (label: string, text: string) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
  await page.getByLabel(label).press('ControlOrMeta+V');
};
const check = (count: string) => page.getByRole('button', { name: `Check ${count}` }).click();

test('an open service asks for no key', async () => {
  await page.goto('/');
  await page.getByRole('navigation', { name: 'Pages' }).or(page.getByText('No registrations yet')).waitFor();
  expect(await page.getByText(/Sign (in|out)/).count()).toBe(0);
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('what the API refuses is said at its field, and the first one has the focus', async () => {
  await page.goto('/new');
  await fillIn(page, { ...WORKSHOP, duration: '1500', mentors: `m-1\n${'x'.repeat(65)}` });
  await check('2 mentors');
  const duration = page.getByLabel('Duration in minutes');
  await page.getByText('must be at most 1440').waitFor();
  expect(await duration.getAttribute('aria-invalid')).toBe('true');
  await page.getByText(`“${'x'.repeat(65)}” must have at most 64 characters`).waitFor();
  await page.locator('input[name="duration_minutes"]:focus').waitFor();
  await duration.fill('120');
  await page.getByText('must be at most 1440').waitFor({ state: 'detached' });
});

test('an empty form is refused field by field', async () => {
  await page.goto('/new');
  await page.getByRole('button', { name: 'Check mentors' }).click();
  await page.getByText('5 fields are not valid').waitFor();
  expect(await page.locator('.field-error').count()).toBe(5);
});

test('100,001 pasted ids are counted, and never sent', async () => {
  await page.goto('/new');
  const sent: string[] = [];
  page.on('request', (request) => sent.push(request.method()));
  await fillIn(page, WORKSHOP);
  await paste('Mentor IDs', mentors('m', 100_001).join('\n'));
  await page.getByText('100,001 mentors: at most 100,000 fit into one registration').waitFor();
  await check('100,001 mentors');
  await page.getByRole('button', { name: 'Clear the list' }).press('Enter');
  await page.locator('textarea[name="mentor_ids"]:focus').waitFor();
  await paste('Mentor IDs', 'm-1');
  await check('1 mentor');
  await page.getByText('Nobody has this activity yet').waitFor();
  expect(sent.filter((method) => method === 'POST')).toHaveLength(1);
});

test('a double click and a lost answer make one registration', async () => {
  const before = await registrations();
  await page.goto('/new');
  let isFirst = true;
  await page.route(`**${BASE_PATH}`, async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    const response = await route.fetch();
    if (!isFirst) return route.fulfill({ response });
    isFirst = false;
    return route.abort('connectionreset');
  });
  await fillIn(page, { ...WORKSHOP, activity: 'once', mentors: 'm-1' });
  await check('1 mentor');
  await page.getByRole('button', { name: 'Register 1 mentor' }).dblclick();
  await page.waitForURL('**/registrations/*');
  await expectStatus(page, 'Completed');
  expect(await registrations()).toBe(before + 1);
  // The second click may have sent the request once more.
  await page.unrouteAll({ behavior: 'wait' });
  // The lost answer is reported by the browser, rightly.
  complaints.texts = complaints.texts.filter((text) => !text.includes('ERR_CONNECTION_RESET'));
});

test('markup, formulas and quotes are text on every page', async () => {
  const hostile = HOSTILE[0]!;
  const fields = {
    coordinator_id: hostile,
    activity_type: hostile,
    notes: `${hostile}\n\t=1+1`,
    mentor_ids: HOSTILE,
  };
  const id = await service.submit(registrationRequest(fields));
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Completed');
  for (const mentorId of HOSTILE) await expectResult(page, mentorId, /Registered/);
  expect(await page.locator('.fact-wide dd').textContent()).toBe(fields.notes);
  await page.goto(`/?coordinator_id=${encodeURIComponent(hostile)}`);
  await page.getByRole('cell', { name: hostile }).first().waitFor();
  expect(await page.locator('main img').count()).toBe(0);
});

test('an id that is not there has a page that says so, also when it goes while it is open', async () => {
  await page.goto('/registrations/bulk-999');
  await page.getByRole('heading', { name: 'bulk-999 was not found' }).waitFor();

  const id = await service.submit(registrationRequest({ activity_type: 'short-lived' }));
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Completed');
  await fetch(`${service.url}${BASE_PATH}/${id}`, { method: 'DELETE' });
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the registration' }).click();
  await page.getByRole('heading', { name: `${id} was not found` }).waitFor();
});

test('a registration that has just ended before our eyes can be deleted', async () => {
  const mentor_ids = mentors('m', 20_000);
  const id = await service.submit(registrationRequest({ activity_type: 'deleted at once', mentor_ids }));
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Completed');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete the registration' }).click();
  await page.getByText(`${id} was deleted`).waitFor();
});

test('an undo asks first, and shows what it deleted and what it kept', async () => {
  const request = (mentor_ids: string[]) => registrationRequest({ activity_type: 'mistake', mentor_ids });
  await service.finished(await service.submit(request(['undo-3'])));
  const id = await service.submit(request(['undo-1', 'undo-2', 'undo-3']));
  await page.goto(`/registrations/${id}`);
  await expectStatus(page, 'Completed');
  const advice = page.getByText('Leave it so, or write one more activity.');
  await advice.waitFor();
  await service.deps.db.prisma.activity.updateMany({
    where: { mentorId: 'undo-2' },
    data: { notes: 'seen' },
  });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('This deletes the activities of 2 mentors.').waitFor();
  await expectGoodLooks('undo');
  await page.getByRole('button', { name: 'Delete the activities' }).click();
  await expectStatus(page, 'Undone');
  await expectResult(page, 'undo-1', /Undone/);
  await expectResult(page, 'undo-2', /Kept.*was changed after it was registered.*pa-/);
  await expectGoodLooks('undone');
  // It cannot be retried any more.
  expect(await advice.count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Undo' }).count()).toBe(0);
});

test('filters and pages are in the address, and "back" undoes them', async () => {
  for (let index = 0; index < 21; index += 1) {
    await service.submit(
      registrationRequest({ coordinator_id: 'coord-list', activity_type: `list-${index}` }),
    );
  }
  await page.goto('/');
  await page.getByLabel('Coordinator').fill('coord-list');
  await page.getByLabel('Coordinator').press('Enter');
  await page.getByText('21 registrations · page 1 of 2').waitFor();
  await page.getByRole('link', { name: 'Next' }).press('Enter');
  await page.getByText('page 2 of 2').waitFor();
  await page.locator('a[aria-disabled="true"]:focus', { hasText: 'Next' }).waitFor();
  await page.keyboard.press('Enter');
  expect(page.url()).toBe(`${service.url}/?coordinator_id=coord-list&page=2`);
  await page.reload();
  await page.getByText('page 2 of 2').waitFor();
  await page.getByRole('link', { name: 'Previous' }).press('Enter');
  await page.getByText('page 1 of 2').waitFor();
  await expectInWindow(page, page.getByRole('link', { name: 'Previous' }));
  await page.goBack();
  await page.getByText('page 2 of 2').waitFor();
  await page.goBack();
  await page.getByText('page 1 of 2').waitFor();
  await page.getByLabel('Activity date from').fill('2026-12-31');
  await page.getByLabel('Activity date to').fill('2026-01-01');
  await page.getByLabel('Activity date to').press('Enter');
  await page.getByText('must not be later than to', { exact: true }).waitFor();
});

test('100,000 results scroll, and one of them is found', async () => {
  const id = await service.submit(
    registrationRequest({ activity_type: 'large', mentor_ids: mentors('m', 100_000) }),
  );
  await page.goto(`/registrations/${id}`);
  await page.getByText('100,000 mentors', { exact: true }).waitFor({ timeout: 60_000 });
  const table = page.getByRole('region', { name: 'Results by mentor' });
  await table.press('End');
  await table.getByText('m-100000', { exact: true }).waitFor();
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  // The card around it would cut off a ring outside of it.
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineOffset')).toBe('-2px');
  await page.getByLabel('Find a mentor').fill('m-54321');
  await page.getByText('1 mentor', { exact: true }).waitFor();
});
