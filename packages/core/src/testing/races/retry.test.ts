import { expect } from 'vitest';
import { retryFailed } from '../../attempts/retry-failed.ts';
import { findSnapshot } from '../../progress/registration-snapshot.ts';
import { formatRegistrationId } from '../../registrations/ids.ts';
import { currentJob, mentors, runChain, runOnce } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld, type RaceWorld } from '../race-world.ts';
import type { Random } from '../random.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

const attemptOf = async ({ deps: { db } }: RaceWorld, id: bigint) =>
  (await findSnapshot(db.prisma, id))?.attempt;

const failuresOf = async ({ deps: { db } }: RaceWorld, id: bigint) =>
  (await findSnapshot(db.prisma, id))?.failureCount;

/** Some of its mentors, at least one, have failed as duplicates; nobody runs any more. */
async function withFailures(world: RaceWorld, random: Random, all: string[]): Promise<bigint> {
  const run = async (mentor_ids: string[]) => {
    const id = await world.submit({ mentor_ids });
    await runChain(world.deps, formatRegistrationId(id));
    await world.untilIdle(); // a runner may have taken the chain over
    return id;
  };
  await run(random.some(all));
  return run(all);
}

raceTest('of many retries at once one starts, round after round', 10, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: random.between(2, 20), runners: 0 }, async (world) => {
    const all = mentors('m', random.between(5, 40));
    const id = await withFailures(world, random, all);
    for (let round = 1; round <= 3; round += 1) {
      const requests = Array.from({ length: random.between(2, 8) }, () =>
        random.chance(0.5) ? { override_duplicates: false } : {},
      );
      const outcomes = await Promise.all(requests.map((request) => world.retry(id, request)));
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'still_processing')).toHaveLength(outcomes.length - 1);
      expect(await attemptOf(world, id)).toBe(round + 1);
      await runChain(world.deps, formatRegistrationId(id));
    }
  });
});

raceTest('retries that overtake each other are each run once', 12, async (random) => {
  const options = { batchSize: random.between(2, 10), runners: 4, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const all = mentors('m', random.between(5, 40));
    await world.submit({ mentor_ids: random.some(all) });
    const id = await world.submit({ mentor_ids: all });
    const requests = Array.from({ length: 24 }, () => ({
      ...(random.chance(0.3) && { override_duplicates: random.chance(0.3) }),
      ...(random.chance(0.5) && { mentor_ids: random.some(all).slice(0, 3) }),
    }));

    const outcomes: string[] = [];
    const retrier = async () => {
      for (let request = requests.pop(); request !== undefined; request = requests.pop()) {
        outcomes.push(await world.retry(id, request));
      }
    };
    await Promise.all([retrier(), retrier(), retrier()]);
    await world.untilIdle();

    for (const outcome of outcomes) {
      expect(outcome).toBeOneOf(['accepted', 'still_processing', 'nothing_failed', 'validation']);
    }
    const accepted = outcomes.filter((outcome) => outcome === 'accepted').length;
    expect(await attemptOf(world, id)).toBe(1 + accepted);
    if (outcomes.includes('nothing_failed')) expect(await failuresOf(world, id)).toBe(0);
  });
});

raceTest('retries of one key at once are one retry, while others come in between', 10, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: random.between(2, 10), runners: 2 }, async (world) => {
    const id = await withFailures(world, random, mentors('m', random.between(5, 40)));
    const keys = random.shuffled(['k1', 'k1', 'k1', 'k1', null, null]);
    const answers = await Promise.all(
      keys.map(async (key) => {
        const retry = retryFailed(world.deps, id, { action: 'retry_failed' }, { idempotencyKey: key });
        return { key, ...(await retry.catch((error: { code: string }) => ({ refused: error.code }))) };
      }),
    );
    const accepted = answers.filter((each) => 'answer' in each);
    const keyed = accepted.filter(({ key }) => key !== null);
    expect(new Set(keyed.map(({ answer }) => JSON.stringify(answer))).size).toBeLessThanOrEqual(1);
    expect(keyed.filter(({ replayed }) => !replayed).length).toBeLessThanOrEqual(1);
    expect(await attemptOf(world, id)).toBe(1 + accepted.filter(({ replayed }) => !replayed).length);
    for (const each of answers) if ('refused' in each) expect(each.refused).toBe('still_processing');
    await world.untilIdle();
  });
});

raceTest('a batch of an earlier attempt that comes late changes nothing', 6, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: 5, runners: 0 }, async (world) => {
    const id = await withFailures(world, random, mentors('m', 20));
    const late = await currentJob(world.deps, formatRegistrationId(id));
    expect(await world.retry(id, { override_duplicates: true })).toBe('accepted');
    const before = await world.activities(id);
    const jobs = Array.from({ length: 8 }, (_, generation) => ({ ...late, generation: generation + 1 }));
    const outcomes = await Promise.all(jobs.map((job) => runOnce(world.deps, job)));
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['stale']));
    expect(await world.activities(id)).toBe(before);
  });
});
