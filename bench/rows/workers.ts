import { epochMs } from '../clock.ts';
import type { Installation } from '../installation.ts';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { newWork } from '../work.ts';

const REGISTRATIONS = 8;
const MENTORS = 20_000;

const WHY_SLOWER =
  'Five processes of Node and up to eight busy connections take turns on the cores there are.';

/** What more workers gain or cost where all share the same cores. Each number has its own installation. */
export const workers: Family = {
  name: 'workers',
  async measure(world) {
    const withOne = await world.install({ workers: 1 });
    const withTwo = await world.install({ workers: 2 });
    const withFour = await world.install({ workers: 4 });
    const { one, two, four } = await inTurn(
      { one: () => submitAll(withOne), two: () => submitAll(withTwo), four: () => submitAll(withFour) },
      { rounds: 4, warmUps: 2 },
    );

    const againstOne = (what: string, ours: number[]) =>
      compared(what, 'mentors/s', ours, 'one worker', one, atLeast(0.9), WHY_SLOWER);
    return [
      againstOne('8 registrations of 20,000, two workers', two),
      againstOne('8 registrations of 20,000, four workers', four),
    ];
  },
};

async function submitAll({ client }: Installation): Promise<number> {
  const bodies = Array.from({ length: REGISTRATIONS }, () => JSON.stringify(newWork(MENTORS)));
  const startedAt = epochMs();
  await Promise.all(bodies.map((body) => client.submit(body)));
  const seconds = ((await client.allFinished()) - startedAt) / 1_000;
  return (REGISTRATIONS * MENTORS) / seconds;
}
