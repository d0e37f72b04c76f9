import { atMost, compared, type Family } from '../row.ts';
import { newWork } from '../work.ts';

const MENTORS = 100_000;
const OTHERS = 50;
const ROUNDS = 3;

/** How a coordinator with many large registrations slows down the only one of another. */
export const sharing: Family = {
  name: 'sharing',
  async measure(world) {
    const { client } = await world.install();
    const one = () => client.untilCompleted(newWork(MENTORS, { coordinator_id: 'quiet' }));
    const alone: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) alone.push(await one());

    for (let other = 0; other < OTHERS; other += 1) {
      await client.submit(JSON.stringify(newWork(MENTORS, { coordinator_id: 'busy' })));
    }
    // The others are far from done when this is.
    const shared = [await one()];
    return [
      compared(
        `100,000 mentors while another coordinator has ${OTHERS} such registrations`,
        'ms',
        shared,
        'alone',
        alone,
        atMost(3),
      ),
    ];
  },
};
