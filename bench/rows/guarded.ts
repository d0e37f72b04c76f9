import { findFreePort } from '@bulk/embedded';
import type { Installation } from '../installation.ts';
import { inTurn, Meter, metered } from '../measure.ts';
import { atLeast, atMost, compared, type Family, type Row } from '../row.ts';
import { createKey } from './keys.ts';
import { postUntilCompleted } from './mentors.ts';
import { submitAll } from './small.ts';

/** As in the example of ops/prometheus. */
const SCRAPE_MS = 15_000;
const ROUNDS = 5;
/** Fresh processes need some turns until their code is compiled. */
const TURNS = { rounds: 4, warmUps: 6 };

const WHY_SLOWER =
  'Two services differ by more than keys and metrics cost, and most while they are fresh: for small registrations the ratio of their CPU ' +
  'times was 1.06 to 1.19 after three turns, and 1.00 to 1.06 after six, on two cores without other load; for large ones it was 0.89 to 1.16.';

/**
 * What keys and metrics cost together: a service with both, scraped every 15 seconds, and one with neither. They run
 * side by side and are used in turn. One process differs from the next by more than both cost, and so does one
 * installation: each round has processes of its own, and changes which installation has both.
 */
export const guarded: Family = {
  name: 'guarded',
  async measure(world) {
    const [apiPort, workerPort] = [await findFreePort(), await findFreePort()];
    const installations = [await world.install(), await world.install()];
    for (const { client, databaseUrl } of installations)
      client.authorization = `Bearer ${await createKey(databaseUrl)}`;
    const scrapes = setInterval(() => void scrape([apiPort, workerPort]), SCRAPE_MS);
    world.defer(async () => clearInterval(scrapes));

    const large = { with: new Meter(), without: new Meter() };
    const small = { with: new Meter(), without: new Meter() };
    for (let round = 0; round < ROUNDS; round += 1) {
      const guardedOne = installations[round % 2]!;
      const open = installations[(round + 1) % 2]!;
      // First, so that the ports are free.
      await open.restartApi();
      await open.restartWorkers();
      await guardedOne.restartApi({ API_AUTH: 'keys', METRICS_PORT: String(apiPort) });
      await guardedOne.restartWorkers({ METRICS_PORT: String(workerPort) });
      const compare = (run: (installation: Installation) => Promise<number>) =>
        inTurn(
          {
            with: () => metered(guardedOne.cpuMs, () => run(guardedOne)),
            without: () => metered(open.cpuMs, () => run(open)),
          },
          TURNS,
        );
      const ofSmall = await compare(({ client }) => submitAll(client));
      const ofLarge = await compare((installation) => postUntilCompleted(installation));
      for (const name of ['with', 'without'] as const) {
        small[name].addRound(ofSmall[name]);
        large[name].addRound(ofLarge[name]);
      }
    }
    return [
      ...rows('POST of 100,000 with keys and metrics', 'mentors/s', large),
      ...rows('1,000 registrations of 8 with keys and metrics', 'registrations/s', small),
    ];
  },
};

function rows(what: string, unit: string, { with: ours, without }: Record<'with' | 'without', Meter>): Row[] {
  const cpuTime = `CPU time of API and worker: ${what}`;
  return [
    compared(what, unit, ours.rates, 'without', without.rates, atLeast(0.95), WHY_SLOWER),
    compared(cpuTime, 'ms', ours.cpuMs, 'without', without.cpuMs, atMost(1.05), WHY_SLOWER),
  ];
}

/** While the metrics are off nobody answers. */
async function scrape(ports: number[]): Promise<void> {
  for (const port of ports) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`).catch(() => null);
    await answer?.text();
  }
}
