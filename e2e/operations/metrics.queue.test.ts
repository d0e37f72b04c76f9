import { registrationRequest, waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type Service, startService } from '../service.ts';
import { ALERT_TESTS, ALERTS, DASHBOARD } from './files.ts';

let service: Service;
let apiPort: number;
let workerPort: number;
beforeEach(async () => {
  [apiPort, workerPort] = [await findFreePort(), await findFreePort()];
  service = await startService(inject('queueBackend'), { METRICS_PORT: String(apiPort) });
});
afterEach(() => service.close());

const startWorker = () => service.start('worker', { METRICS_PORT: String(workerPort) });
const metricsOf = async (port: number) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
const submit = () => service.submit(registrationRequest());

/** The names of all series of a process. */
async function seriesOf(port: number): Promise<string[]> {
  return [...(await metricsOf(port)).matchAll(/^([a-z]\w*)[ {]/gm)].map(([, name = '']) => name);
}

test('the dashboard and the alerts ask only for metrics that the API or a worker shows', async () => {
  await startWorker();
  await service.finished(await submit());
  const shown = new Set([...(await seriesOf(apiPort)), ...(await seriesOf(workerPort))]);
  for (const text of [DASHBOARD, ALERTS, ALERT_TESTS]) {
    const asked = [...new Set(text.match(/\b(bulk|nodejs|process)_\w+/g))];
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !shown.has(name))).toEqual([]);
  }
});

test('when the last worker dies, its metrics are gone, and those of the API tell that something waits', async () => {
  const worker = await startWorker();
  await waitFor(() => metricsOf(workerPort));
  await service.stop(worker, 'SIGKILL');
  await expect(metricsOf(workerPort)).rejects.toThrow();
  await submit();
  const age = async () =>
    Number(/^bulk_registrations_processing_oldest_seconds (.*)$/m.exec(await metricsOf(apiPort))?.[1]);
  const first = await waitFor(age);
  await waitFor(async () => (await age()) > first);
});
