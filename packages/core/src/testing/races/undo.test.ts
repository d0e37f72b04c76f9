import { expect } from 'vitest';
import { formatRegistrationId } from '../../registrations/ids.ts';
import { currentJob, mentors, runChain, runOnce } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld, type RaceWorld, turns } from '../race-world.ts';
import type { Random } from '../random.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

async function registered(world: RaceWorld, fields: Parameters<RaceWorld['submit']>[0]): Promise<bigint> {
  const id = await world.submit(fields);
  await runChain(world.deps, formatRegistrationId(id));
  await world.untilIdle();
  return id;
}

/** Some of its mentors have failed, at least one has succeeded. */
async function withFailures(world: RaceWorld, random: Random, all: string[]): Promise<bigint> {
  await registered(world, { mentor_ids: random.some(all) });
  return registered(world, { mentor_ids: [...all, 'own'] });
}

/** The counts are exact, and after the cancel nothing is deleted: `inRaceWorld` sees to it. */
raceTest(
  'a cancel among the batches of an undo is exact, and the next undo deletes the rest',
  12,
  async (random) => {
    const options = { batchSize: random.between(2, 20), runners: 4, queue: { copies: 3 } };
    await inRaceWorld(deps(), random, options, async (world) => {
      const id = await registered(world, { mentor_ids: mentors('m', random.between(30, 120)) });
      expect(await world.undo(id)).toBe('accepted');
      await world.untilProcessed(id, random.between(0, 60));
      const cancelled = await world.remove(id, 'cancel');
      expect(cancelled).toBeOneOf(['cancelled', 'not_running']);
      if (cancelled === 'not_running' || random.chance(0.5)) return;
      expect(await world.undo(id)).toBe('accepted');
      await world.untilIdle();
      expect(await world.activities(id)).toBe(0);
    });
  },
);

raceTest('of many undos at once one starts', 8, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: random.between(2, 20), runners: 0 }, async (world) => {
    const id = await registered(world, { mentor_ids: mentors('m', random.between(1, 60)) });
    const outcomes = await Promise.all(Array.from({ length: 6 }, () => world.undo(id)));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'still_processing')).toHaveLength(5);
  });
});

raceTest('of an undo and a retry at once one comes first, and the other is told', 12, async (random) => {
  const options = { batchSize: random.between(2, 10), runners: 4, queue: { copies: 2 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const id = await withFailures(world, random, mentors('m', random.between(5, 40)));
    const [undone, retried] = await Promise.all([
      turns(random.between(0, 40)).then(() => world.undo(id)),
      turns(random.between(0, 40)).then(() => world.retry(id, { override_duplicates: random.chance(0.5) })),
    ]);
    expect(undone).toBeOneOf(['accepted', 'still_processing']);
    expect(retried).toBeOneOf(['accepted', 'still_processing', 'was_undone']);
    expect([undone, retried]).toContain('accepted');
    await world.untilIdle();
    if (undone === 'accepted') expect(await world.activities(id)).toBe(0);
  });
});

raceTest(
  'a deletion that comes before an undo leaves the activities, and one that comes after stops it',
  12,
  async (random) => {
    const options = { batchSize: random.between(2, 10), runners: 4, queue: { copies: 2 } };
    await inRaceWorld(deps(), random, options, async (world) => {
      const count = random.between(5, 60);
      const id = await registered(world, { mentor_ids: mentors('m', count) });
      const [undone, removed] = await Promise.all([
        turns(random.between(0, 40)).then(() => world.undo(id)),
        turns(random.between(0, 40)).then(() => world.remove(id)),
      ]);
      expect(undone).toBeOneOf(['accepted', 'registration_not_found']);
      expect(removed).toBeOneOf(['cancelled', 'deleted']);
      if (undone === 'registration_not_found') expect(await world.activities(id)).toBe(count);
    });
  },
);

raceTest('many workers that run the same jobs of an undo delete once', 10, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: random.between(2, 20), runners: 0 }, async (world) => {
    const id = await registered(world, {
      mentor_ids: mentors('m', 40),
      override_duplicates: random.chance(0.5),
    });
    await world.undo(id);
    let job = await currentJob(world.deps, formatRegistrationId(id));
    for (let queueName: 'first' | 'rest' = 'first'; ; queueName = 'rest') {
      const run = () => runOnce(world.deps, job, queueName);
      const outcomes = await Promise.all(Array.from({ length: 6 }, run));
      const next = outcomes.flatMap((outcome) => (outcome.kind === 'handed_over' ? [outcome.next] : []));
      expect(next.length).toBeLessThanOrEqual(1);
      if (next[0] === undefined) break;
      job = next[0];
    }
    expect(await world.activities(id)).toBe(0);
  });
});

raceTest('while one is undone, others register the same mentors', 10, async (random) => {
  const all = mentors('shared', random.between(20, 120));
  const options = { batchSize: random.between(3, 60), runners: 8, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const id = await registered(world, { mentor_ids: random.shuffled(all) });
    const others = [all, all.toReversed(), random.shuffled(all)];
    const [undone] = await Promise.all([
      world.undo(id),
      ...others.map(async (mentor_ids) => {
        await turns(random.between(0, 60));
        return world.submit({ mentor_ids, override_duplicates: random.chance(0.3) });
      }),
    ]);
    expect(undone).toBe('accepted');
    await world.untilIdle();
    expect(await world.activities(id)).toBe(0);
    const again = await world.submit({ mentor_ids: all });
    await world.untilIdle();
    expect(await world.deps.db.prisma.activity.count({ where: { occurrence: 0 } })).toBe(all.length);
    expect(await world.undo(again)).toBeOneOf(['accepted', 'nothing_succeeded']);
    await world.untilIdle();
  });
});
