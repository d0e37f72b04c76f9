import { createApiKey, openPatientDatabase } from '@bulk/core/testing';
import { startHelper } from '../helper.ts';
import type { Load, LoadSeen } from '../http-load-process.ts';
import { inTurn, Meter, metered } from '../measure.ts';
import { atLeast, atMost, type Bound, compared, type Family } from '../row.ts';
import type { World } from '../world.ts';
import { finishedPoll } from './polls.ts';

const CONNECTIONS = 16;
const ROUNDS = 7;
const WARM_UP_MS = 1_000;
/** Short, so that what else happens on the machine disturbs all contestants alike. */
const WINDOW_MS = 300;
const WINDOWS_OF_A_ROUND = 7;
const KEYS = { API_AUTH: 'keys' };
/** Far more than are sent: what is measured is the counting. */
const LIMITS = { REQUESTS_PER_MINUTE: '100000000' };

const WHY_SLOWER =
  'In one process, in turn, polls with a key take 1 % more CPU time than polls without a check. Two services differ by more: the ratio of ' +
  'their CPU times was 0.85 to 1.14 in six runs.';

/**
 * What it costs to know who calls: the same polls, header and all, of a service that checks keys and of one that does
 * not. They run side by side and are asked in turn. One process differs from the next by more than a key costs, and so
 * does one installation: each round has processes of its own, and changes which installation checks keys.
 */
export const keys: Family = {
  name: 'keys',
  async measure(world) {
    const load = await startHelper<Load, LoadSeen>('http-load-process.ts');
    world.defer(load.stop);
    const installations = [await polled(world), await polled(world), await polled(world)];
    const rateOf = async ({ poll }: Polled, durationMs = WINDOW_MS) =>
      (await load.ask({ ...poll, connections: CONNECTIONS, durationMs })).perSecond;

    /** With the CPU time of 1,000 polls. */
    const turnOf = async (polled: Polled) => {
      const { rate, cpuMs } = await metered(polled.installation.cpuMs, () => rateOf(polled));
      return { rate, cpuMs: cpuMs / ((rate * WINDOW_MS) / 1_000 / 1_000) };
    };

    const meters = { checked: new Meter(), counted: new Meter(), unchecked: new Meter() };
    for (let round = 0; round < ROUNDS; round += 1) {
      const start = async (index: number, settings: Record<string, string>) => {
        const polled = installations[(index + round) % installations.length]!;
        await polled.installation.restartApi(settings);
        await rateOf(polled, WARM_UP_MS);
        return polled;
      };
      const checked = await start(0, KEYS);
      const counted = await start(1, { ...KEYS, ...LIMITS });
      const unchecked = await start(2, {});
      const figures = await inTurn(
        {
          checked: () => turnOf(checked),
          counted: () => turnOf(counted),
          unchecked: () => turnOf(unchecked),
        },
        { rounds: WINDOWS_OF_A_ROUND },
      );
      meters.checked.addRound(figures.checked);
      meters.counted.addRound(figures.counted);
      meters.unchecked.addRound(figures.unchecked);
    }
    const { checked, counted, unchecked } = meters;
    const row = (what: string, ours: Meter, goal?: Bound) =>
      compared(what, 'polls/s', ours.rates, 'without a check', unchecked.rates, goal, WHY_SLOWER);
    const cpuTime = 'CPU time of the API for 1,000 GET with If-None-Match and a key';
    return [
      row('GET with If-None-Match and a key', checked, atLeast(0.95)),
      row('the same, counted by a limit', counted),
      compared(cpuTime, 'ms', checked.cpuMs, 'without a check', unchecked.cpuMs, atMost(1.05), WHY_SLOWER),
    ];
  },
};

type Polled = Awaited<ReturnType<typeof polled>>;

/** An installation, and a poll of it that brings a key. */
async function polled(world: World) {
  const installation = await world.install();
  const authorization = `Bearer ${await createKey(installation.databaseUrl)}`;
  const poll = await finishedPoll(installation);
  return { installation, poll: { ...poll, headers: { ...poll.headers, authorization } } };
}

/** Creates a key of a caller who may do everything. */
export async function createKey(databaseUrl: string): Promise<string> {
  const db = openPatientDatabase(databaseUrl);
  try {
    return await createApiKey(db, { name: 'bench', role: 'admin', coordinatorIds: null, expiresAt: null });
  } finally {
    await db.close();
  }
}
