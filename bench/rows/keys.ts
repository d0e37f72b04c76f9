import { createApiKey, openPatientDatabase } from '@bulk/core/testing';
import { startHelper } from '../helper.ts';
import type { Load, LoadSeen } from '../http-load-process.ts';
import { inTurn } from '../measure.ts';
import { atLeast, type Bound, compared, type Family } from '../row.ts';
import { finishedPoll } from './polls.ts';

const CONNECTIONS = 16;
const WARM_UP_MS = 1_000;
const WINDOW_MS = 2_000;
const KEYS = { API_AUTH: 'keys' };
/** Far more than are sent: what is measured is the counting. */
const LIMITS = { REQUESTS_PER_MINUTE: '100000000' };

const WHY_SLOWER =
  'Reading a key costs about 1.5 of 60 microseconds; one process differs from the next by more than that.';

/**
 * What it costs to know who calls: the same polls, header and all, of a service that checks keys and of one that does
 * not. Each round has processes of its own, because one process differs from the next by more than a key costs.
 */
export const keys: Family = {
  name: 'keys',
  async measure(world) {
    const load = await startHelper<Load, LoadSeen>('http-load-process.ts');
    world.defer(load.stop);
    const installation = await world.install();
    const poll = await finishedPoll(installation);
    const authorization = `Bearer ${await createKey(installation.databaseUrl)}`;
    const request = { ...poll, headers: { ...poll.headers, authorization }, connections: CONNECTIONS };
    const rateWith = async (settings: Record<string, string>) => {
      await installation.restartApi(settings);
      await load.ask({ ...request, durationMs: WARM_UP_MS });
      return (await load.ask({ ...request, durationMs: WINDOW_MS })).perSecond;
    };

    const { checked, counted, unchecked } = await inTurn(
      {
        checked: () => rateWith(KEYS),
        counted: () => rateWith({ ...KEYS, ...LIMITS }),
        unchecked: () => rateWith({}),
      },
      { rounds: 11, warmUps: 0 },
    );
    const row = (what: string, ours: number[], goal?: Bound) =>
      compared(what, 'polls/s', ours, 'without a check', unchecked, goal, WHY_SLOWER);
    return [
      row('GET with If-None-Match and a key', checked, atLeast(0.95)),
      row('the same, counted by a limit', counted),
    ];
  },
};

/** Creates a key of a caller who may do everything. */
export async function createKey(databaseUrl: string): Promise<string> {
  const db = openPatientDatabase(databaseUrl);
  try {
    return await createApiKey(db, { name: 'bench', role: 'admin', coordinatorIds: null, expiresAt: null });
  } finally {
    await db.close();
  }
}
