import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type FreezableServer, startFreezableServer } from '../testing/freezable-server.ts';
import { createTestDeps, type TestDeps, waitFor } from '../testing/index.ts';
import { type JobWorker, openWorker } from './backend.ts';

let deps: TestDeps;
let server: FreezableServer;
let worker: JobWorker;
let seen: string[];
/** What the worker met, for when a test fails. */
let errors: string[];

beforeEach(async () => {
  deps = await createTestDeps({ backend: inject('queueBackend') });
  const { redisUrl, databaseUrl } = deps.config;
  server = await startFreezableServer(redisUrl ?? databaseUrl);
  const through = { ...deps.config, [redisUrl === null ? 'databaseUrl' : 'redisUrl']: server.url };
  seen = [];
  worker = openWorker(through, 'first', async ({ data }) => void seen.push(data.registrationId), {
    autorun: false,
    lockDuration: 10_000,
    runRetryDelay: 100,
  });
  errors = [];
  worker.on('error', ({ message }) => errors.push(`${new Date().toISOString()} ${message}`));
});
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') console.error(`${inject('queueBackend')}: ${errors.join('\n')}`);
  server.reset();
  await worker.close(true);
  await server.close();
  await deps.close();
});

const enqueue = (registrationId: string) =>
  deps.queue.enqueue({ registrationId, attempt: 1, generation: 1, mentorCount: 1 }, 'first');

test('a worker whose connections went silent finds new jobs, also with one that is due far ahead', async () => {
  const [queue] = deps.queue.dashboardQueues();
  await queue?.add('later', { registrationId: '9', attempt: 1, generation: 1 }, { delay: 600_000 });
  void worker.run();
  await enqueue('1');
  await waitFor(() => seen.includes('1'));
  server.freezeOpen();
  await enqueue('2');
  await waitFor(() => seen.includes('2'));
  expect(seen).toEqual(['1', '2']);
});

test('a worker whose connections went silent before it first waited for jobs finds new ones', async () => {
  await worker.waitUntilReady();
  server.freezeOpen();
  const isDrained = new Promise<void>((resolve) => worker.once('drained', resolve));
  void worker.run();
  await isDrained;
  await enqueue('1');
  await waitFor(() => seen.includes('1'));
});
