import type { RegistrationDetails, RegistrationState } from '@bulk/contract';
import {
  createTestDeps,
  findInconsistencies,
  mentors,
  registrationRequest,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { freePort } from './free-port.ts';
import { type ServiceProcess, startProcess } from './processes.ts';

let deps: TestDeps;
let running: ServiceProcess[];
let baseUrl: string;

beforeEach(async () => {
  const port = await freePort();
  deps = await createTestDeps({
    backend: inject('queueBackend'),
    settings: { PORT: String(port), SWEEP_MS: '300', STALLED_CHECK_MS: '500', MESSAGE_LOCK_MS: '1500' },
  });
  baseUrl = `http://127.0.0.1:${port}/api/v1/bulk-registrations`;
  running = [];
  await start('api');
});
afterEach(async () => {
  for (const each of running) each.kill('SIGTERM');
  expect(await Promise.all(running.map((each) => each.ended))).toEqual(running.map(() => 0));
  expect(await findInconsistencies(deps)).toEqual([]);
  await deps.close();
});

async function start(program: 'api' | 'worker'): Promise<ServiceProcess> {
  const started = await startProcess(program, deps.env);
  running.push(started);
  return started;
}

async function submit(mentor_ids: string[]): Promise<string> {
  const answer = await fetch(baseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registrationRequest({ mentor_ids })),
  });
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

async function details(id: string): Promise<RegistrationDetails> {
  return (await (await fetch(`${baseUrl}/${id}?results=none`)).json()) as RegistrationDetails;
}

const finished = (id: string) =>
  waitFor(
    async () => {
      const now = await details(id);
      return now.status === 'processing' ? null : now;
    },
    { timeoutMs: 60_000 },
  );

test('a small registration sent after a large one is done before it', async () => {
  await start('worker');
  const large = await submit(mentors('large', 100_000));
  const small = await submit(mentors('small', 5));
  const [first, second] = [await finished(small), await finished(large)];
  expect(first).toMatchObject({ status: 'completed', success_count: 5 });
  expect(second).toMatchObject({ status: 'completed', success_count: 100_000, failure_count: 0 });
  expect(Date.parse(first.completed_at ?? '')).toBeLessThan(Date.parse(second.completed_at ?? ''));
});

test('two workers share a backlog, and one that is killed in the middle costs nothing', async () => {
  const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => submit(mentors(`r${index}`, 8_000))));
  const [doomed] = await Promise.all([start('worker'), start('worker')]);
  await waitFor(async () => (await Promise.all(ids.map(details))).some((each) => each.success_count > 0));
  doomed.kill('SIGKILL');
  expect(await doomed.ended).toBe('SIGKILL');
  running = running.filter((each) => each !== doomed);

  for (const id of ids)
    expect(await finished(id)).toMatchObject({ status: 'completed', success_count: 8_000 });
  expect(await deps.db.prisma.activity.count()).toBe(64_000);
});

test('a DELETE right after the POST is exact: nothing is written after its answer', async () => {
  await start('worker');
  const id = await submit(mentors('m', 20_000));
  const answer = await fetch(`${baseUrl}/${id}`, { method: 'DELETE' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({ message: `Bulk registration job ${id} cancelled successfully` });
  const left = await deps.db.prisma.activity.count();
  // A registration that comes later goes through the same lanes: when it is done, so is all that was rung before.
  await finished(await submit(mentors('later', 2_000)));
  expect(await deps.db.prisma.activity.count()).toBe(left + 2_000);
  expect(await details(id)).toMatchObject({ status: 'cancelled', success_count: left });
});

test('processes that are told to stop end with 0, and what they had begun goes on with the next ones', async () => {
  const worker = await start('worker');
  const id = await submit(mentors('m', 60_000));
  await waitFor(async () => (await details(id)).success_count > 0);
  worker.kill('SIGTERM');
  expect(await worker.ended).toBe(0);
  running = running.filter((each) => each !== worker);
  expect(await details(id)).toMatchObject({ status: 'processing' });
  await start('worker');
  expect(await finished(id)).toMatchObject({ status: 'completed', success_count: 60_000 });
});

test('a large registration can be watched from its start to its end, through either of two API processes', {
  timeout: 90_000,
}, async () => {
  const port = await freePort();
  running.push(await startProcess('api', { ...deps.env, PORT: String(port) }));
  const id = await submit(mentors('m', 20_000));
  const streams = await Promise.all(
    [baseUrl, baseUrl.replace(/:\d+/, `:${port}`)].map((url) => fetch(`${url}/${id}/events`)),
  );
  // Both watch before there is anybody to do the work.
  await start('worker');
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
  const stream = await fetch(`${baseUrl}/${id}/events`);
  running[0]?.kill('SIGTERM');
  expect(await stream.text()).toContain('event: progress');
});
