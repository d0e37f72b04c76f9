import { findFreePort } from '@bulk/embedded';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import type { World } from '../world.ts';
import { createKey } from './keys.ts';
import { postUntilCompleted } from './mentors.ts';
import { submitAll } from './small.ts';

/** Three times as often as in the example of ops/prometheus. */
const SCRAPE_MS = 5_000;

const WHY_SLOWER = 'Each scrape reads the metrics of two processes, the database and the queue.';

/** What keys and metrics cost together: a service with both, scraped every five seconds, and one with neither. */
export const guarded: Family = {
  name: 'guarded',
  async measure(world) {
    const plain = await world.install();
    const watched = await installGuarded(world);
    const figures = await inTurn(
      {
        large: () => postUntilCompleted(watched),
        largePlain: () => postUntilCompleted(plain),
        small: () => submitAll(watched.client),
        smallPlain: () => submitAll(plain.client),
      },
      { rounds: 9, warmUps: 2 },
    );
    const row = (what: string, unit: string, ours: number[], theirs: number[]) =>
      compared(what, unit, ours, 'without', theirs, atLeast(0.95), WHY_SLOWER);
    return [
      row('POST of 100,000 with keys and metrics', 'mentors/s', figures.large, figures.largePlain),
      row('registrations of 8 with keys and metrics', 'registrations/s', figures.small, figures.smallPlain),
    ];
  },
};

async function installGuarded(world: World) {
  const [api, worker] = [await findFreePort(), await findFreePort()];
  const installation = await world.install({ workerSettings: { METRICS_PORT: String(worker) } });
  installation.client.authorization = `Bearer ${await createKey(installation.databaseUrl)}`;
  await installation.restartApi({ API_AUTH: 'keys', METRICS_PORT: String(api) });

  const scrape = async () => {
    for (const port of [api, worker]) await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  };
  await scrape();
  const scrapes = setInterval(() => void scrape().catch(() => {}), SCRAPE_MS);
  world.defer(async () => clearInterval(scrapes));
  return installation;
}
