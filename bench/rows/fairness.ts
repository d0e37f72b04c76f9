import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { monotonicMs } from '../clock.ts';
import { percentile } from '../measure.ts';
import { atMost, compared, type Family, figure } from '../row.ts';
import type { ServiceClient } from '../service-client.ts';
import { newWork } from '../work.ts';

const BIG = 10;
const BIG_MENTORS = 100_000;
const SMALL_MENTORS = 5;
const IDLE_SAMPLES = 300;
const WARM_UPS = 100;

const BETWEEN_SAMPLES_MS = 20;
const BETWEEN_LOOKS_MS = 100;

const WHY_SLOW_WHILE_BUSY =
  'The worst of some hundred. A process that is woken waits for a core, of which the database keeps both busy, and a small registration ' +
  'is woken six times on its way.';

/** How large registrations slow down small ones, and each other. */
export const fairness: Family = {
  name: 'fairness',
  async measure(world) {
    const installation = await world.install();
    const { client, pool } = installation;
    const small = () => client.untilCompleted(newWork(SMALL_MENTORS));
    for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1) await small();
    let samples = 0;
    const idle = await repeatWhile(() => ++samples <= IDLE_SAMPLES, BETWEEN_SAMPLES_MS, small);

    const ids = await submitBig(client);
    let isRunning = true;
    const finished = Promise.all(ids.map((id) => client.finished(id))).then(() => {
      isRunning = false;
    });
    const movement = watchMovement(pool);
    const [busy] = await Promise.all([
      repeatWhile(() => isRunning, BETWEEN_SAMPLES_MS, small),
      repeatWhile(() => isRunning, BETWEEN_LOOKS_MS, movement.look),
      finished,
    ]);

    return [
      compared(
        `5 mentors while ten of 100,000 run, p99 of ${busy.length}`,
        'ms',
        [percentile(busy, 99)],
        `p99 of ${idle.length} while idle`,
        [percentile(idle, 99)],
        atMost(5),
        WHY_SLOW_WHILE_BUSY,
      ),
      figure(
        'the longest that one of the ten stood still',
        'ms',
        [movement.longestStandstillMs()],
        atMost(3_000),
      ),
    ];
  },
};

async function submitBig(client: ServiceClient): Promise<string[]> {
  const ids: string[] = [];
  for (let big = 0; big < BIG; big += 1) {
    const { id } = await client.submit(JSON.stringify(newWork(BIG_MENTORS)));
    ids.push(id);
  }
  return ids;
}

async function repeatWhile<T>(goesOn: () => boolean, betweenMs: number, run: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (goesOn()) {
    results.push(await run());
    await delay(betweenMs);
  }
  return results;
}

/** Records for each large registration when its count last went up. */
function watchMovement(pool: pg.Pool) {
  const seen = new Map<string, { count: number; atMs: number }>();
  let longest = 0;
  return {
    look: async () => {
      const { rows } = await pool.query<{ id: string; count: number }>(
        `select id, success_count as count from bulk_registrations where status = 'processing' and mentor_count = $1`,
        [BIG_MENTORS],
      );
      const atMs = monotonicMs();
      for (const { id, count } of rows) {
        const last = seen.get(id) ?? { count: -1, atMs };
        if (count !== last.count) seen.set(id, { count, atMs });
        longest = Math.max(longest, atMs - last.atMs);
      }
    },
    longestStandstillMs: () => longest,
  };
}
