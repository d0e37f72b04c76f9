import { expect } from 'vitest';
import { mentors } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld, type RaceWorld, turns } from '../race-world.ts';
import type { Random } from '../random.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

const REMOVALS = ['cancelled', 'deleted', 'registration_not_found'];

raceTest('a deletion among everything else leaves the activities and nothing more', 12, async (random) => {
  const options = { batchSize: random.between(2, 20), runners: 4, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const all = mentors('m', random.between(20, 80));
    await world.submit({ mentor_ids: random.some(all) });
    if (random.chance(0.5)) await world.untilIdle(); // so that some of the next one's mentors will fail
    const id = await world.submit({ mentor_ids: all, override_duplicates: random.chance(0.2) });
    await world.untilProcessed(id, random.chance(0.5) ? all.length : random.between(0, all.length));

    const retryOnAndOn = async () => {
      while ((await world.retry(id, { override_duplicates: false })) !== 'registration_not_found');
    };
    const headStart = random.between(0, 40);
    const remove = async () => {
      await turns(headStart);
      const outcomes = [await world.remove(id), await world.remove(id), await world.remove(id)];
      for (const outcome of outcomes) expect(outcome).toBeOneOf(REMOVALS);
      return outcomes;
    };
    const [first, second] = await Promise.all([remove(), remove(), retryOnAndOn(), retryOnAndOn()]);
    const outcomes = [first, second].flat();
    expect(outcomes.filter((outcome) => outcome === 'deleted')).toHaveLength(1);
    expect(await rowsOf(world, id)).toEqual([0, 0]);
    await world.untilIdle();
  });
});

raceTest('whatever is lost, doubled or late, the sweeper brings it to its end', 12, async (random) => {
  const options = {
    batchSize: random.between(2, 20),
    runners: 6,
    queue: { lost: 0.3, copies: 3, lies: 0.3 },
  };
  await inRaceWorld(deps(), random, options, async (world) => {
    const stopSweeper = world.startSweeper();
    const all = mentors('m', random.between(10, 60));
    const ids = await Promise.all(Array.from({ length: 4 }, () => world.submit(requestFor(random, all))));
    const deeds = Array.from({ length: 30 }, () => deed(world, random, ids, all));
    const doer = async () => {
      for (let next = deeds.pop(); next !== undefined; next = deeds.pop()) await next();
    };
    await Promise.all([doer(), doer(), doer()]);
    await world.untilIdle();
    await stopSweeper();
  });
});

function requestFor(random: Random, all: readonly string[]) {
  return { mentor_ids: random.some(all), override_duplicates: random.chance(0.4) };
}

/** One thing that somebody does, decided now and done later. */
function deed(
  world: RaceWorld,
  random: Random,
  ids: readonly bigint[],
  all: readonly string[],
): () => Promise<unknown> {
  const id = ids[random.between(0, ids.length - 1)] ?? 0n;
  const request = requestFor(random, all);
  const { override_duplicates } = request;
  return random.pick([
    () => world.submit(request),
    () => world.retry(id),
    () => world.retry(id, { override_duplicates }),
    () => world.retry(id, { mentor_ids: request.mentor_ids.slice(0, 3) }),
    () => world.undo(id),
    () => world.remove(id, 'cancel'),
    () => world.remove(id),
    async () => world.queue.loseAll(),
    () => turns(1),
  ]);
}

async function rowsOf({ deps: { db } }: RaceWorld, id: bigint): Promise<number[]> {
  return Promise.all([
    db.prisma.bulkRegistration.count({ where: { id } }),
    db.prisma.registrationBatch.count({ where: { registrationId: id } }),
  ]);
}
