import { readFile } from 'node:fs/promises';
import { ApiProblem, createClient } from '@bulk/client';
import { createApiKey, registrationRequest, revokeApiKey } from '@bulk/core/testing';
import { beforeAll, expect, test } from 'vitest';
import {
  accessibilityFindings,
  expectFits,
  expectInWindow,
  expectStatus,
  fillIn,
  WORKSHOP,
} from './browser.ts';
import { page, reopen, service, useService } from './fixture.ts';

// The page of a service that asks for keys.

const WRONG = `bulk_00000000_${'a'.repeat(43)}`;

let coordinator: string;
let viewer: string;

useService({ settings: { API_AUTH: 'keys' }, hasWorker: true });
beforeAll(async () => {
  coordinator = await keyOf('front office', 'coordinator');
  viewer = await keyOf('screen in the hall', 'viewer');
});

const keyOf = (name: string, role: 'viewer' | 'coordinator', coordinatorIds: string[] | null = null) =>
  createApiKey(service.deps.db, { name, role, coordinatorIds, expiresAt: null });

async function signIn(key: string): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('API key').fill(key);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign out' }).waitFor();
}

/** The key is where it has to be, and nowhere else. */
async function expectHidden(key: string): Promise<void> {
  const secret = key.slice(-43);
  const stored = await page.evaluate<string>(
    'JSON.stringify([location.href, document.cookie, localStorage])',
  );
  expect(`${stored}${await page.content()}`).not.toContain(secret);
}

async function download(name: string): Promise<{ filename: string; text: string }> {
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).click();
  const saved = await downloading;
  return { filename: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') };
}

test('signs in after a wrong key, registers, downloads, and signs out', async () => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  const field = page.getByLabel('API key');
  expect(await field.evaluate((input) => input === input.ownerDocument.activeElement)).toBe(true);
  expect([await field.getAttribute('type'), await field.getAttribute('autocomplete')]).toEqual([
    'password',
    'off',
  ]);
  await field.fill(WRONG);
  await expectHidden(WRONG);
  await field.press('Enter');
  await page.getByText('This key is not valid: unknown, revoked or expired.').waitFor();
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  expect(await accessibilityFindings(page)).toEqual([]);
  await field.fill('two words');
  await field.press('Enter');
  await page.getByText('This is not a key').waitFor();

  await signIn(` ${coordinator}\n`);
  await page.getByText('No registrations yet').waitFor();
  await expectHidden(coordinator);
  await page.reload();
  await page.getByText('No registrations yet').waitFor();

  await page.getByRole('link', { name: 'New registration' }).click();
  await fillIn(page, { ...WORKSHOP, mentors: 'mentor-1, mentor-2' });
  await page.getByRole('button', { name: 'Check 2 mentors' }).click();
  await page.getByRole('button', { name: 'Register 2 mentors' }).click();
  await page.waitForURL('**/registrations/bulk-001');
  await expectStatus(page, 'Completed');
  await page.getByText('Accepted by front office: 2 mentors').waitFor();
  expect(await accessibilityFindings(page)).toEqual([]);

  const csv = await download('CSV');
  expect(csv.filename).toBe('bulk-001-results.csv');
  expect(csv.text).toMatch(/^mentor-1,success,pa-/m);
  const json = await download('JSON');
  expect([json.filename, JSON.parse(json.text)]).toMatchObject(['bulk-001.json', { success_count: 2 }]);
  await expectHidden(coordinator);

  await page.getByRole('link', { name: 'Bulk registrations' }).click();
  await page.getByRole('link', { name: 'bulk-001' }).waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expectSignedOut();
  await page.goBack();
  await expectSignedOut();
  await page.reload();
  await expectSignedOut();
});

/** Nothing that was read with the key is left. */
async function expectSignedOut(): Promise<void> {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(await page.content()).not.toMatch(/bulk-001|mentor-1|group_workshop|coord-42|front office/);
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
}

test('a viewer is told what the key does not allow, where it is seen', async () => {
  const refusal = page.getByText(
    'Your key does not allow this. This needs the role coordinator; yours is viewer.',
  );
  await page.goto('/new');
  // The form reads suggestions, so the service asks before anything is typed.
  await signIn(viewer);
  await fillIn(page, { ...WORKSHOP, mentors: 'mentor-1' });
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await refusal.waitFor();

  const client = createClient({ baseUrl: service.url, apiKey: coordinator });
  const request = registrationRequest({ activity_type: 'refused' });
  await service.finished((await client.create(request)).id);
  const { id } = await client.create(request);
  await service.finished(id);
  await page.setViewportSize({ width: 320, height: 760 });
  await page.goto(`/registrations/${id}`);
  await page.getByRole('button', { name: /^Retry/ }).press('Enter');
  await expectInWindow(page, refusal);
});

test('a duplicate of another coordinator is one, and not named', async () => {
  const request = registrationRequest({ coordinator_id: 'coord-1', activity_type: 'scoped' });
  const { id } = await createClient({ baseUrl: service.url, apiKey: coordinator }).create(request);
  await page.goto('/');
  await signIn(await keyOf('one', 'coordinator', ['coord-42']));
  await page.goto(`/registrations/${id}`);
  await page.getByText(`${id} was not found`).waitFor();
  await page.goto('/new');
  await fillIn(page, { ...WORKSHOP, activity: 'scoped', mentors: 'mentor-1' });
  await expect
    .poll(() => service.deps.db.prisma.activity.count({ where: { activityType: 'scoped' } }))
    .toBe(4);
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByText('The mentor has this activity from another coordinator.').waitFor();
  await page.getByLabel('Coordinator').fill('coord-1');
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByText('must be one of the coordinators of your key', { exact: true }).waitFor();
});

test('a key that is revoked meanwhile is asked for again, and nothing that was typed is lost', async () => {
  const key = await keyOf('for a day', 'coordinator');
  await page.goto('/');
  await signIn(key);
  await page.getByRole('link', { name: 'New registration' }).click();
  await fillIn(page, { ...WORKSHOP, activity: 'office_hours', mentors: 'mentor-7' });
  await revokeApiKey(service.deps.db, 'for a day');
  await expectRefused(key);
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByText('The service no longer accepts your key').waitFor();
  await signIn(coordinator);
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByText('Nobody has this activity yet').waitFor();
});

test('a sign-out removes the draft and the last coordinator', async () => {
  await page.goto('/new');
  await signIn(coordinator);
  await fillIn(page, { ...WORKSHOP, activity: 'kept_back', mentors: 'mentor-8' });
  await page.getByRole('button', { name: 'Check 1 mentor' }).click();
  await page.getByRole('button', { name: 'Register 1 mentor' }).click();
  await page.waitForURL('**/registrations/*');
  await page.getByRole('link', { name: 'New registration' }).click();
  await fillIn(page, { mentors: 'mentor-9' });
  await page.getByText('This tab keeps what you fill in').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expectSignedOut();
  expect(await page.evaluate('JSON.stringify(localStorage)')).not.toMatch(/mentor-9|coord-42/);
  await page.goto('/new');
  await signIn(coordinator);
  await page.getByText('No mentors yet').waitFor();
  expect(await page.getByLabel('Coordinator').inputValue()).toBe('');
});

test('a registration that is open is hidden when its key is revoked', async () => {
  const { id } = await createClient({ baseUrl: service.url, apiKey: coordinator }).create(
    registrationRequest({ activity_type: 'hidden_later' }),
  );
  const key = await keyOf('for an hour', 'viewer');
  await page.goto(`/registrations/${id}`);
  await signIn(key);
  await expectStatus(page, 'Completed');
  await revokeApiKey(service.deps.db, 'for an hour');
  await expectRefused(key);
  await page.getByText('The service no longer accepts your key').waitFor();
  expect(await page.content()).not.toContain('hidden_later');
  await signIn(viewer);
  await expectStatus(page, 'Completed');
});

/** A revoked key is good for some seconds more. */
async function expectRefused(apiKey: string): Promise<void> {
  const client = createClient({ baseUrl: service.url, apiKey });
  const statusOf = () =>
    client.list().then(
      () => 200,
      (error: unknown) => (error instanceof ApiProblem ? error.status : error),
    );
  await expect.poll(statusOf, { timeout: 30_000 }).toBe(401);
}

const NARROW = { colorScheme: 'dark', viewport: { width: 320, height: 640 } } as const;

test.each(Object.entries({ light: { colorScheme: 'light' as const }, narrow: NARROW }))(
  '%s',
  async (_, look) => {
    await reopen(look);
    await page.goto('/');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await expectFits(page);
    await signIn(viewer);
    await page.getByRole('heading', { name: 'Registrations' }).waitFor();
    expect(await accessibilityFindings(page)).toEqual([]);
    await expectFits(page);
  },
);
