import { findFreePort } from '@bulk/embedded';
import { atLeast, compared, type Family } from '../row.ts';
import { createKey } from './keys.ts';
import { postUntilCompleted } from './mentors.ts';
import { submitAll } from './small.ts';

/** Three times as often as in the example of ops/prometheus. */
const SCRAPE_MS = 5_000;
const ROUNDS = 9;

const WHY_SLOWER = 'Each scrape reads the metrics of two processes, the database and the queue.';

/**
 * What keys and metrics cost together: a service with both, scraped every five seconds, and one with neither. Each round
 * has processes of its own, because one process differs from the next by more than both cost.
 */
export const guarded: Family = {
  name: 'guarded',
  async measure(world) {
    const installation = await world.install();
    const authorization = `Bearer ${await createKey(installation.databaseUrl)}`;
    const [apiPort, workerPort] = [await findFreePort(), await findFreePort()];
    const scrapes = setInterval(() => void scrape([apiPort, workerPort]), SCRAPE_MS);
    world.defer(async () => clearInterval(scrapes));

    const large = { with: [] as number[], without: [] as number[] };
    const small = { with: [] as number[], without: [] as number[] };
    const measureBoth = async (name: 'with' | 'without') => {
      await submitAll(installation.client);
      for (let time = 0; time < 2; time += 1) {
        large[name].push(await postUntilCompleted(installation));
        small[name].push(await submitAll(installation.client));
      }
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      installation.client.authorization = authorization;
      await installation.restartApi({ API_AUTH: 'keys', METRICS_PORT: String(apiPort) });
      await installation.restartWorkers({ METRICS_PORT: String(workerPort) });
      await measureBoth('with');
      installation.client.authorization = null;
      await installation.restartApi();
      await installation.restartWorkers();
      await measureBoth('without');
    }
    const row = (what: string, unit: string, { with: ours, without }: typeof large) =>
      compared(what, unit, ours, 'without', without, atLeast(0.95), WHY_SLOWER);
    return [
      row('POST of 100,000 with keys and metrics', 'mentors/s', large),
      row('registrations of 8 with keys and metrics', 'registrations/s', small),
    ];
  },
};

/** While the metrics are off nobody answers. */
async function scrape(ports: number[]): Promise<void> {
  for (const port of ports) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    await answer?.text();
  }
}
