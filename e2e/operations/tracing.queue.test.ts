import { closeSync, openSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { BASE_PATH } from '@bulk/contract';
import {
  createTestDeps,
  mentors,
  readDetails,
  registrationRequest,
  submit,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { buildApp } from '../../apps/api/src/app.ts';
import { startWorkers } from '../../apps/worker/src/workers.ts';
import { type ServiceProcess, startProcess } from '../processes.ts';
import { type Collector, startCollector } from './collector.ts';

const REGISTRATIONS = `POST ${BASE_PATH}`;
const KIND = { producer: 4, consumer: 5 };

let deps: TestDeps;
let collector: Collector;
let running: ServiceProcess[];
beforeEach(async () => {
  deps = await createTestDeps({ backend: inject('queueBackend'), settings: { BATCH_SIZE: '2' } });
  collector = await startCollector();
  running = [];
});
afterEach(async () => {
  for (const process of running) expect(await process.stop()).toBe(0);
  collector.close();
  await deps.close();
});

async function startService(settings: Record<string, string>, output: 'inherit' | number = 'inherit') {
  const port = await findFreePort();
  const env = {
    ...deps.env,
    PORT: String(port),
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_BSP_SCHEDULE_DELAY: '50',
    ...settings,
  };
  for (const program of ['api', 'worker'] as const) {
    running.push(await startProcess(program, env, { isBuilt: true, output }));
  }
  return `http://127.0.0.1:${port}`;
}

async function post(url: string, headers: Record<string, string>, request = {}): Promise<void> {
  const answer = await fetch(`${url}${BASE_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(registrationRequest({ mentor_ids: mentors('m', 5), ...request })),
  });
  expect(answer.status).toBe(202);
}

const batches = () => collector.spans().filter(({ name }) => name === 'write batch');

test('one trace leads from the request of a caller through the jobs to each batch', async () => {
  const url = await startService({});
  const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
  await post(url, { traceparent: `00-${traceId}-00f067aa0ba902b7-01` });

  await waitFor(() => batches().length === 3);
  await waitFor(() => collector.spans().some(({ name }) => name === REGISTRATIONS));
  expect(
    batches()
      .map(({ attributes }) => attributes)
      .toSorted((a, b) => Number(a['bulk.batch']) - Number(b['bulk.batch'])),
  ).toEqual(
    [0, 1, 2].map((batch) => ({ 'bulk.registration': 'bulk-001', 'bulk.attempt': 1, 'bulk.batch': batch })),
  );

  const ofTrace = () => collector.spans().filter((span) => span.traceId === traceId);
  const count = (isOne: (span: { name: string; kind: number }) => boolean) => ofTrace().filter(isOne).length;
  expect(count(({ name }) => name === REGISTRATIONS)).toBe(1);
  expect(count(({ name }) => name === 'write batch')).toBe(3);
  // The job of the first batch, and one that wrote the others.
  await waitFor(() => count(({ kind }) => kind === KIND.consumer) === 2);
  expect(count(({ kind }) => kind === KIND.producer)).toBe(2);
  // The insert of the registration, and the statement of each batch.
  expect(count(({ name }) => name.startsWith('pg.query'))).toBeGreaterThanOrEqual(4);
});

test('no key, password or text of a caller is in the traces, and no key or password in the log', async () => {
  const secret = 'k7f3a9c1';
  const text = 'some-text';
  const file = join(inject('tempDir'), `tracing-${inject('queueBackend')}.log`);
  const log = openSync(file, 'w');
  const { password } = new URL(deps.config.databaseUrl);
  expect(password).not.toBe('');
  const url = await startService({ LOG_LEVEL: 'trace', ADMIN_PASSWORD: `admin-${secret}` }, log);
  const headers = {
    authorization: `Bearer bulk_${secret}`,
    'idempotency-key': `key-${secret}`,
    cookie: secret,
  };
  await post(url, headers, { notes: text, coordinator_id: text });
  await waitFor(() => batches().length === 3);
  await fetch(`${url}${BASE_PATH}/${text}?text=${text}`, { headers });
  await fetch(`${url}${BASE_PATH}?api_key=bulk_${secret}`);
  await fetch(`${url}/admin/queues`, {
    headers: { authorization: `Basic ${Buffer.from(`admin:admin-${secret}`).toString('base64')}` },
  });
  await waitFor(() => collector.spans().some(({ name }) => name === `GET ${BASE_PATH}/:id`));
  closeSync(log);
  for (const written of [collector.received(), readFileSync(file, 'utf8')]) {
    expect(written).toContain('bulk-001');
    expect(written).not.toContain(secret);
    expect(written).not.toContain(password);
  }
  expect(collector.received()).not.toContain(text);
});

test('without a collector nothing of OpenTelemetry is loaded but its interface, and a job says nothing of traces', async () => {
  const app = await buildApp(deps);
  const id = await submit(deps, { mentor_ids: mentors('m', 5) });
  const [first] = deps.queue.dashboardQueues();
  const job = await waitFor(() => first?.getJob('bulk-1.1.1'));
  const workers = startWorkers(deps, new AbortController().signal);
  expect(JSON.stringify(job.asJSON())).not.toContain('traceparent');
  await waitFor(async () => (await readDetails(deps, id)).status === 'completed');
  await workers.stop();
  await app.close();
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  expect(loaded.some((path) => path.includes('/@opentelemetry/api/'))).toBe(true);
  expect(
    loaded.filter((path) => /\/(@opentelemetry\/(?!api\/)|@fastify\/otel|bullmq-otel)/.test(path)),
  ).toEqual([]);
});
