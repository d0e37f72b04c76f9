import type { RegistrationState } from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Service, startService } from './service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService(inject('queueBackend'), { JOB_LOCK_MS: '1500' });
});
afterEach(() => service.close());

const submit = (mentor_ids: string[]) => service.submit(registrationRequest({ mentor_ids }));
const activityCount = () => service.deps.db.prisma.activity.count();

test('a small registration sent after a large one is done before it', async () => {
  await service.start('worker');
  const large = await submit(mentors('large', 100_000));
  const small = await submit(mentors('small', 5));
  const [first, second] = [await service.finished(small), await service.finished(large)];
  expect(first).toMatchObject({ status: 'completed', success_count: 5 });
  expect(second).toMatchObject({ status: 'completed', success_count: 100_000, failure_count: 0 });
  expect(Date.parse(first.completed_at ?? '')).toBeLessThan(Date.parse(second.completed_at ?? ''));
});

test('two workers share a backlog, and one that is killed in the middle costs nothing', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => submit(mentors(`r${index}`, 8_000))));
  const [doomed] = await Promise.all([service.start('worker'), service.start('worker')]);
  await waitFor(async () =>
    (await Promise.all(ids.map((each) => service.details(each)))).some((each) => each.success_count > 0),
  );
  await service.stop(doomed, 'SIGKILL');

  for (const id of ids)
    expect(await service.finished(id)).toMatchObject({ status: 'completed', success_count: 8_000 });
  expect(await activityCount()).toBe(64_000);
});

test('a DELETE right after the POST is exact: nothing is written after its answer', async () => {
  await service.start('worker');
  const id = await submit(mentors('m', 20_000));
  const answer = await fetch(`${service.url}${BASE_PATH}/${id}`, { method: 'DELETE' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ message: `Bulk registration job ${id} cancelled successfully` });
  const left = await activityCount();
  // A registration that comes later goes through the same queues: when it is done, so is all that came before it.
  await service.finished(await submit(mentors('later', 2_000)));
  expect(await activityCount()).toBe(left + 2_000);
  expect(await service.details(id)).toMatchObject({ status: 'cancelled', success_count: left });
});

test('processes that are told to stop end with 0, and what they had begun goes on with the next ones', async () => {
  const worker = await service.start('worker');
  const id = await submit(mentors('m', 60_000));
  await waitFor(async () => (await service.details(id)).success_count > 0);
  await service.stop(worker);
  expect(await service.details(id)).toMatchObject({ status: 'processing' });
  await service.start('worker');
  expect(await service.finished(id)).toMatchObject({ status: 'completed', success_count: 60_000 });
});

test('a large registration can be watched from its start to its end, through either of two API processes', {
  timeout: 90_000,
}, async () => {
  const port = await findFreePort();
  await service.start('api', { PORT: String(port) });
  const id = await submit(mentors('m', 20_000));
  const streams = await Promise.all(
    [service.url, `http://127.0.0.1:${port}`].map((url) => fetch(`${url}${BASE_PATH}/${id}/events`)),
  );
  // Both watch before there is anybody to do the work.
  await service.start('worker');
  for (const text of await Promise.all(streams.map((stream) => stream.text()))) {
    const states = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, data = '']) => JSON.parse(data) as RegistrationState,
    );
    const processed = states.map(({ progress }) => progress.processed);
    expect(processed).toEqual(processed.toSorted((a, b) => a - b));
    expect(states.length).toBeGreaterThan(1);
    expect(states.at(-1)).toMatchObject({ status: 'completed', success_count: 20_000 });
    expect(text.match(/^event: end$/gm)).toHaveLength(1);
  }
});

test('a process that is told to stop ends its event streams, and ends with 0', async () => {
  const id = await submit(mentors('m', 5));
  const stream = await fetch(`${service.url}${BASE_PATH}/${id}/events`);
  const [text] = await Promise.all([stream.text(), service.stop(service.api)]);
  expect(text).toContain('event: progress');
});

test('when the last worker is killed the details say why a registration waits, until there is one', async () => {
  const doomed = await service.start('worker');
  await service.finished(await submit(mentors('done', 3)));
  await service.stop(doomed, 'SIGKILL');
  const id = await submit(mentors('m', 3));
  const reason = async () => (await service.details(id)).waiting_reason;
  // Before its first heartbeat was read there was no worker either, but none had ever been seen.
  await waitFor(async () => (await reason())?.since);
  expect(await reason()).toMatchObject({ code: 'no_worker', since: expect.any(String) });
  const readiness = await (await fetch(`${service.url}/readyz`)).json();
  expect(readiness).toMatchObject({ status: 'ready', workers: 'none seen' });

  await service.start('worker');
  expect(await service.finished(id)).toMatchObject({ status: 'completed', waiting_reason: null });
});
