import { mentors, registrationRequest } from '@bulk/core/testing';
import { expect, test } from 'vitest';
import { expectGoodLooks, page, service, useService } from './fixture.ts';

// The page that shows admins how the service is doing.

useService();

test('the operations page says what waits and what was done, by the keyboard alone', async () => {
  await page.setViewportSize({ width: 320, height: 760 });
  await page.goto('/');
  await page.getByRole('link', { name: 'Operations' }).press('Enter');
  await page.getByRole('heading', { name: 'Operations', level: 1 }).waitFor();
  await page.getByText('No worker is running.').waitFor();
  await page.getByText('No worker was seen.').waitFor();
  await page.getByText('No mentor failed.').waitFor();

  const worker = await service.start('worker');
  const request = registrationRequest({ activity_type: 'counted', mentor_ids: mentors('m', 20) });
  await service.finished(await service.submit(request));
  await service.finished(await service.submit(request));
  await page.getByText('40 mentors in the last hour').waitFor();
  await page.getByText('Running').waitFor();
  await page.getByText('The mentor already has this activity on this date.').waitFor();
  expect(await page.getByText('No worker is running.').count()).toBe(0);
  expect(await page.getByRole('link', { name: 'Queue (low level)' }).getAttribute('href')).toBe(
    '/admin/queues',
  );
  await expectGoodLooks('operations');

  await service.deps.queue.dashboardQueues()[0]?.pause();
  await page.getByText('The queue is paused.').waitFor();
  await service.stop(worker);
});
