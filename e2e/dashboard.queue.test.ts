import { currentJob, mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Service, startService } from './service.ts';

// Whatever is pressed in the dashboard: every registration comes to its end, and each mentor has one activity.

const FIRST = 'bulk-registrations';
const REST = 'bulk-registrations-rest';
const authorization = `Basic ${Buffer.from('admin:correct horse').toString('base64')}`;

let service: Service;
beforeEach(async () => {
  service = await startService(inject('queueBackend'), {
    ADMIN_PASSWORD: 'correct horse',
    DASHBOARD_READ_ONLY: 'false',
    BATCH_SIZE: '50',
    TIME_SLICE_MS: '5',
    JOB_LOCK_MS: '1500',
  });
});
afterEach(() => service.close());

/** What a button of the dashboard sends. */
async function press(method: string, path: string, body?: object): Promise<{ status: number; body: string }> {
  const answer = await fetch(`${service.url}/admin/queues/api/queues/${path}`, {
    method,
    headers: { authorization, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.text() };
}

/** As `press`; the button works. */
async function succeed(method: string, path: string, body?: object): Promise<void> {
  const answer = await press(method, path, body);
  expect(answer.status < 300 ? '' : `${path}: ${answer.status} ${answer.body}`).toBe('');
}

let submissions = 0;

function submit(count: number): Promise<string> {
  submissions++;
  return service.submit(registrationRequest({ mentor_ids: mentors(`s${submissions}`, count) }));
}

async function expectAllDone(ids: readonly string[]): Promise<void> {
  let activities = 0;
  for (const id of ids) {
    const done = await service.finished(id);
    expect(done).toMatchObject({ status: 'completed', failure_count: 0 });
    activities += done.mentor_count;
  }
  expect(await service.deps.db.prisma.activity.count()).toBe(activities);
}

const jobIdOf = (id: string, generation = 1) => `bulk-${Number(id.slice(5))}.1.${generation}`;
const dataOf = (id: string, generation = 1) => ({
  registrationId: String(Number(id.slice(5))),
  attempt: 1,
  generation,
});

async function untilWaiting(ids: readonly string[]): Promise<void> {
  for (const id of ids)
    await waitFor(async () => (await press('GET', `${FIRST}/${jobIdOf(id)}`)).status === 200);
}

test('jobs that are removed, emptied, altered, doubled or delayed cost nothing but time', {
  timeout: 120_000,
}, async () => {
  const ids: string[] = [];
  for (const count of [7, 1, 320, 8, 9, 410, 11, 12]) ids.push(await submit(count));
  await untilWaiting(ids);
  const [removed, garbled, swapped, doubled, doubledLarge, urgent, ...rest] = ids as [
    string,
    string,
    string,
    string,
    string,
    string,
    ...string[],
  ];
  await succeed('PUT', `${FIRST}/${jobIdOf(removed)}/clean`);
  await succeed('PATCH', `${FIRST}/${jobIdOf(garbled)}/update-data`, { jobData: { hello: 'world' } });
  await succeed('PATCH', `${FIRST}/${jobIdOf(swapped)}/update-data`, { jobData: dataOf(doubled) });
  for (const options of [{}, {}, { jobId: jobIdOf(doubled) }, { attempts: 3, lifo: true }]) {
    await succeed('POST', `${FIRST}/add`, { name: 'again', data: dataOf(doubled), options });
    await succeed('POST', `${REST}/add`, { name: 'again', data: dataOf(doubledLarge), options });
  }
  await succeed('POST', `${FIRST}/add`, {
    name: 'nonsense',
    data: { registrationId: '1; drop' },
    options: {},
  });
  await succeed('POST', `${FIRST}/add`, { name: 'future', data: dataOf(urgent, 99), options: {} });
  await succeed('PATCH', `${FIRST}/${jobIdOf(urgent)}/priority`, { priority: 5 });
  await service.start('worker');
  await expectAllDone(ids);

  for (const queueName of [FIRST, REST]) {
    await succeed('PUT', `${queueName}/retry/completed`);
    await succeed('PUT', `${queueName}/retry/failed`);
    await succeed('PUT', `${queueName}/promote`);
  }
  await expectAllDone([...ids, await submit(3)]);
  expect(rest).toHaveLength(2);
  for (const status of ['completed', 'failed', 'waiting', 'delayed', 'active']) {
    await succeed('PUT', `${FIRST}/clean/${status}`);
  }
});

test('queues that are paused, emptied and obliterated go on when they are resumed', {
  timeout: 120_000,
}, async () => {
  await service.start('worker');
  const before = await submit(3_000);
  await waitFor(async () => (await service.details(before)).success_count > 0);
  for (const queueName of [FIRST, REST]) await succeed('PUT', `${queueName}/pause`);
  const ids = [before, await submit(400), await submit(5)];
  await untilWaiting(ids.slice(2));
  expect(await service.details(ids[2] ?? '')).toMatchObject({ status: 'processing' });
  for (const queueName of [FIRST, REST]) await succeed('PUT', `${queueName}/empty`);
  for (const queueName of [FIRST, REST]) await succeed('PUT', `${queueName}/obliterate`, { force: true });
  for (const queueName of [FIRST, REST]) await succeed('PUT', `${queueName}/resume`);
  await expectAllDone(ids);
});

test('each job is named by its registration, leads to its page, and shows what became of it', async () => {
  await service.start('worker');
  const [small, large] = [await submit(7), await submit(120)];
  await expectAllDone([small, large]);
  const line = (queueName: string, id: string) =>
    waitFor(async () => {
      const { body } = await press('GET', `${queueName}/${id}`);
      const { job } = JSON.parse(body) as { job?: { returnValue: unknown } };
      return job?.returnValue && job;
    });
  expect(await line(FIRST, jobIdOf(small))).toMatchObject({
    name: `${small}, attempt 1, 7 mentors`,
    externalUrl: { displayText: small, href: `/registrations/${small}` },
    returnValue: { status: 'completed', mentors: 7, succeeded: 7, failed: 0 },
  });
  const shown = { status: 'completed', mentors: 120, succeeded: 120, failed: 0, progress: 100 };
  const { generation } = await currentJob(service.deps, large);
  expect(await line(REST, jobIdOf(large, generation))).toMatchObject({ returnValue: shown, progress: shown });
});
