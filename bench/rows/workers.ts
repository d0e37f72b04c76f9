import { epochMs } from '../clock.ts';
import type { Installation } from '../installation.ts';
import { inTurn } from '../measure.ts';
import { atLeast, compared, type Family } from '../row.ts';
import { newWork } from '../work.ts';

const REGISTRATIONS = 8;
const MENTORS = 20_000;

/** What more workers bring, or cost, where all share the same cores. */
export const workers: Family = {
  name: 'workers',
  async measure(world) {
    const installation = await world.install();
    const { one, two, four } = await inTurn(
      {
        one: () => withWorkers(installation, 1),
        two: () => withWorkers(installation, 2),
        four: () => withWorkers(installation, 4),
      },
      { rounds: 3 },
    );
    await installation.remove();

    const held = { unit: 'mentors/s', against: 'one worker', theirs: one, goal: atLeast(0.9) };
    return [
      compared({ what: '8 registrations of 20,000, two workers', ours: two, ...held }),
      compared({ what: '8 registrations of 20,000, four workers', ours: four, ...held }),
    ];
  },
};

async function withWorkers(installation: Installation, count: number): Promise<number> {
  await installation.setWorkers(count);
  const { client } = installation;
  const bodies = Array.from({ length: REGISTRATIONS }, () => JSON.stringify(newWork(MENTORS)));
  const startedAt = epochMs();
  await Promise.all(bodies.map((body) => client.submit(body)));
  const seconds = ((await client.allFinished()) - startedAt) / 1_000;
  return (REGISTRATIONS * MENTORS) / seconds;
}
