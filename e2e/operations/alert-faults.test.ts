import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startWebhookEndpoint, waitFor } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { expect, test } from 'vitest';
import { KEEPS_NOTHING, startRedis } from '../../scripts/lib/test-redis.mjs';
import { startService } from '../service.ts';
import { ALERT_FAULTS, type AlertFault, type World } from './alert-faults.ts';
import { ALERTS } from './files.ts';
import { startPrometheus } from './prometheus-server.ts';

/** `npm test` finds or installs Prometheus and Redis, and says so loudly when there is none. */

const MINUTE_MS = 2_000;
const OFTEN = { intervalMs: 200, timeoutMs: 200_000 };
/** Against what hangs. Some alerts take a minute, on a busy machine two. */
const TIMEOUT_MS = 500_000;

test('a fault is known for every alert', () => {
  const names = [...ALERTS.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  expect(Object.keys(ALERT_FAULTS)).toEqual(names);
});

test.concurrent.for(Object.entries(ALERT_FAULTS))(
  '%s fires in a Prometheus when its fault is made, and not before',
  { timeout: TIMEOUT_MS },
  async ([name, fault], { onTestFinished }) => {
    const ports = { api: await findFreePort(), worker: await findFreePort() };
    const world = await startWorld(ports, fault, onTestFinished);
    const prometheus = await startPrometheus({ ports, minuteMs: fault.minuteMs ?? MINUTE_MS });
    onTestFinished(() => prometheus.stop());
    await waitFor(async () => (await prometheus.jobsUp()).length === 2);
    const healthyAt = Date.now();
    await waitFor(async () => {
      const { state, lastEvaluation } = await prometheus.alert(name);
      // Not even pending: held for as long as you like, it does not fire.
      return state === 'inactive' && Date.parse(lastEvaluation) > healthyAt;
    }, OFTEN);

    const end = await fault.inject(world);
    try {
      await waitFor(async () => {
        await fault.meanwhile?.(world);
        return (await prometheus.alert(name)).state === 'firing';
      }, OFTEN);
    } finally {
      await end();
    }
    await world.service.close();
  },
);

async function startWorld(
  ports: { api: number; worker: number },
  { settings }: AlertFault,
  onTestFinished: (end: () => Promise<void>) => void,
): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'bulk-alerts-'));
  const redis = await startRedis({ dir, settings: KEEPS_NOTHING });
  const endpoint = await startWebhookEndpoint();
  onTestFinished(async () => {
    await redis.stop();
    await endpoint.close();
    await rm(dir, { recursive: true, force: true });
  });
  const service = await startService('redis', {
    REDIS_URL: redis.url,
    METRICS_PORT: String(ports.api),
    WEBHOOK_URL: endpoint.url,
    WEBHOOK_SECRET: `whsec_${Buffer.alloc(24, 7).toString('base64')}`,
    WEBHOOK_ALLOW_PRIVATE: 'true',
    ...settings,
  });
  const worker = await service.start('worker', { METRICS_PORT: String(ports.worker) });
  return {
    service,
    worker,
    endpoint,
    redis: {
      pause: () => process.kill(redis.pid, 'SIGSTOP'),
      resume: () => process.kill(redis.pid, 'SIGCONT'),
    },
  };
}
