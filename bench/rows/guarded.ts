import { findFreePort } from '@bulk/embedded';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { createKey } from './keys.ts';
import { postUntilCompleted } from './mentors.ts';
import { submitAll } from './small.ts';

/** Three times as often as in the example of ops/prometheus. */
const SCRAPE_MS = 5_000;
const ROUNDS = 7;
const TURNS_OF_A_ROUND = 3;

const WHY_SLOWER = 'Each scrape reads the metrics of two processes, the database and the queue.';

/**
 * What keys and metrics cost together: a service with both, scraped every five seconds, and one with neither. They run
 * side by side and are used in turn. Each round has processes of its own, because one process differs from the next by
 * more than both cost.
 */
export const guarded: Family = {
  name: 'guarded',
  async measure(world) {
    const [apiPort, workerPort] = [await findFreePort(), await findFreePort()];
    const guardedService = await world.install();
    guardedService.client.authorization = `Bearer ${await createKey(guardedService.databaseUrl)}`;
    const openService = await world.install();
    const scrapes = setInterval(() => void scrape([apiPort, workerPort]), SCRAPE_MS);
    world.defer(async () => clearInterval(scrapes));

    const large = { with: [] as number[], without: [] as number[] };
    const small = { with: [] as number[], without: [] as number[] };
    for (let round = 0; round < ROUNDS; round += 1) {
      await guardedService.restartApi({ API_AUTH: 'keys', METRICS_PORT: String(apiPort) });
      await guardedService.restartWorkers({ METRICS_PORT: String(workerPort) });
      await openService.restartApi();
      await openService.restartWorkers();
      const turns = { rounds: TURNS_OF_A_ROUND };
      const ofSmall = await inTurn(
        { with: () => submitAll(guardedService.client), without: () => submitAll(openService.client) },
        turns,
      );
      const ofLarge = await inTurn(
        { with: () => postUntilCompleted(guardedService), without: () => postUntilCompleted(openService) },
        turns,
      );
      for (const name of ['with', 'without'] as const) {
        small[name].push(...ofSmall[name]);
        large[name].push(...ofLarge[name]);
      }
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
