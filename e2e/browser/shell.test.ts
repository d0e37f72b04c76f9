import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { context, expectGoodLooks, page, service, useService } from './fixture.ts';

// What every page has: shortcuts, breadcrumbs, messages and a title that tells the progress.

useService();

const path = () => new URL(page.url()).pathname;

test('n begins a new registration, but not while somebody types or a question is open', async () => {
  const id = await service.submit(registrationRequest({ activity_type: 'shortcuts' }));
  await page.goto(`/registrations/${id}`);
  await page.getByLabel('Find a mentor').pressSequentially('n');
  expect(await page.getByLabel('Find a mentor').inputValue()).toBe('n');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('alertdialog').waitFor();
  await page.keyboard.press('n');
  await page.getByRole('button', { name: 'Back' }).press('Enter');
  await page.getByRole('alertdialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Control+n');
  expect(path()).toBe(`/registrations/${id}`);
  await page.keyboard.press('n');
  await page.getByRole('heading', { name: 'New registration' }).waitFor();
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link').press('Enter');
  await page.getByRole('heading', { name: 'Registrations' }).waitFor();
});

test('the title tells the progress while the registration is processing', async () => {
  const id = await service.submit(registrationRequest({ activity_type: 'title' }));
  await page.goto(`/registrations/${id}`);
  await expect.poll(() => page.title()).toBe(`0 % ${id} · Bulk registrations`);
  const worker = await service.start('worker');
  await expect.poll(() => page.title(), { timeout: 30_000 }).toBe(`${id} · Bulk registrations`);
  await service.stop(worker);
});

test('an ID is copied, and the message goes by itself, but not under the pointer or the focus', async () => {
  const mentor_ids = mentors('m', 3);
  const id = await service.submit(registrationRequest({ activity_type: 'copied', mentor_ids }));
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.clock.install();
  await page.goto(`/registrations/${id}`);
  await page.getByRole('button', { name: `Copy ID ${id}` }).press('Enter');
  const message = page.getByRole('status', { name: 'Messages' }).getByText(`${id} was copied.`);
  await message.waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);
  const close = page.getByRole('button', { name: 'Close the message' });
  await close.focus();
  await page.clock.fastForward('01:00');
  expect(await message.count()).toBe(1);
  await expectGoodLooks('message');
  await message.hover();
  await page.getByLabel('Find a mentor').focus();
  await page.clock.fastForward('01:00');
  expect(await message.count()).toBe(1);
  await page.mouse.move(5, 5);
  await page.clock.fastForward('01:00');
  await message.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: `Copy ID ${id}` }).press('Enter');
  await close.press('Enter');
  await message.waitFor({ state: 'detached' });
});
