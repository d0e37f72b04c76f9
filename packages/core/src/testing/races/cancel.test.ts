import { expect } from 'vitest';
import { mentors } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld, turns } from '../race-world.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

/** The counts are exact, and after the return nothing is written: `inRaceWorld` sees to it. */
raceTest('a cancel among running batches is exact', 15, async (random) => {
  const options = { batchSize: random.between(2, 20), runners: 4, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const all = mentors('m', random.between(30, 120));
    const requests = Array.from({ length: random.between(1, 3) }, () => ({
      mentor_ids: random.some(all),
      override_duplicates: random.chance(0.5),
    }));
    const ids = await Promise.all(requests.map((request) => world.submit(request)));
    await Promise.all(
      ids.map(async (id, index) => {
        const mentorCount = requests[index]?.mentor_ids.length ?? 0;
        await world.untilProcessed(id, random.between(0, mentorCount));
        expect(await world.remove(id, 'cancel')).toBeOneOf(['cancelled', 'not_running']);
      }),
    );
    await world.untilIdle();
  });
});

raceTest('of many cancels at once one cancels', 8, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: 5, runners: 3 }, async (world) => {
    const id = await world.submit({ mentor_ids: mentors('m', 60) });
    await world.untilProcessed(id, random.between(0, 30));
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => world.remove(id, 'cancel')));
    expect(outcomes.filter((outcome) => outcome === 'cancelled').length).toBeLessThanOrEqual(1);
    for (const outcome of outcomes) expect(outcome).toBeOneOf(['cancelled', 'not_running']);
  });
});

raceTest('a retry and a cancel at once leave one of the two in force', 12, async (random) => {
  const options = { batchSize: random.between(2, 10), runners: 4, queue: { copies: 2 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const all = mentors('m', random.between(10, 40));
    await world.submit({ mentor_ids: random.some(all) });
    await world.untilIdle();
    const id = await world.submit({ mentor_ids: all });
    await world.untilIdle();

    const retryAfter = random.between(0, 30);
    const cancelAfter = random.between(0, 60);
    const override_duplicates = random.chance(0.7);
    const [retried, cancelled] = await Promise.all([
      turns(retryAfter).then(() => world.retry(id, { override_duplicates })),
      turns(cancelAfter).then(() => world.remove(id, 'cancel')),
    ]);
    expect(retried).toBe('accepted');
    expect(cancelled).toBeOneOf(['cancelled', 'not_running']);
    if (cancelled === 'cancelled') {
      expect(await world.retry(id)).toBe('was_cancelled');
      expect(await world.remove(id, 'cancel')).toBe('not_running');
    }
  });
});
