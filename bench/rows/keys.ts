import { createApiKey, openPatientDatabase } from '@bulk/core/testing';
import { startHelper } from '../helper.ts';
import type { Load, LoadSeen } from '../http-load-process.ts';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family, type Row } from '../row.ts';
import { finishedPoll } from './polls.ts';

const CONNECTIONS = 16;
const WINDOW_MS = 2_000;
/** Far more than are sent: what is measured is the counting. */
const LIMITS = { REQUESTS_PER_MINUTE: '100000000' };

const WHY_SLOWER =
  'About 8 of 71 microseconds, not explained yet: the authenticator alone takes 1.1, in a loop. Of any other request it is far less.';

/**
 * What it costs to know who calls: the same polls, header and all, to a service that checks keys and to one that does
 * not, on one database server.
 */
export const keys: Family = {
  name: 'keys',
  async measure(world) {
    const load = await startHelper<Load, LoadSeen>('http-load-process.ts');
    world.defer(load.stop);
    const plain = await world.install();
    const open = await finishedPoll(plain);
    // As young as the ones with keys.
    await plain.restartApi();
    const rateOf = async (request: Pick<Load, 'url' | 'headers' | 'status'>) =>
      (await load.ask({ ...request, connections: CONNECTIONS, durationMs: WINDOW_MS })).perSecond;

    const rows: Row[] = [];
    for (const [what, settings, goal] of [
      ['GET with If-None-Match and a key', {}, atLeast(0.95)],
      ['the same, counted by a limit', LIMITS, undefined],
    ] as const) {
      const installation = await world.install({ settings });
      const poll = await finishedPoll(installation);
      const authorization = `Bearer ${await createKey(installation.databaseUrl)}`;
      await installation.restartApi({ API_AUTH: 'keys' });
      const withKey = { ...poll, headers: { ...poll.headers, authorization } };
      const { ours, theirs } = await inTurn(
        {
          ours: () => rateOf(withKey),
          theirs: () => rateOf({ ...open, headers: { ...open.headers, authorization } }),
        },
        { rounds: 7, warmUps: 2 },
      );
      rows.push(compared(what, 'polls/s', ours, 'without a check', theirs, goal, WHY_SLOWER));
    }
    return rows;
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
