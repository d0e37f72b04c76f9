import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { newWork } from '../work.ts';

const MENTORS = 100_000;

const WHY_SLOWER = 'Met on two cores, 0.58 to 0.65. On one core runs differ: 0.5 to 0.62.';

/** How fast one large registration is undone, compared with how fast it was made. */
export const undo: Family = {
  name: 'undo',
  async measure(world) {
    const { client } = await world.install();
    const ids: string[] = [];
    const { made, undone } = await inTurn(
      {
        async made() {
          const { id, sentAtMs } = await client.submit(JSON.stringify(newWork(MENTORS)));
          ids.push(id);
          return rate((await client.finished(id)).atMs - sentAtMs);
        },
        undone: async () => rate(await client.untilUndone(ids.pop() ?? '')),
      },
      { rounds: 5 },
    );
    const what = 'undo of 100,000 until undone';
    return [compared(what, 'mentors/s', undone, 'POST until completed', made, atLeast(0.5), WHY_SLOWER)];
  },
};

function rate(ms: number): number {
  return MENTORS / (ms / 1_000);
}
