import { expect } from 'vitest';
import { executeBatchInsert } from '../../batches/execute-batch-insert.ts';
import { formatRegistrationId } from '../../registrations/ids.ts';
import { currentJob, mentors, runChain, runOnce } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld } from '../race-world.ts';
import type { Random } from '../random.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

const RUNNERS = 20;

raceTest('of twenty runners of one batch one writes it', 6, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: 10, runners: 0 }, async (world) => {
    const all = mentors('m', 40);
    const earlier = await world.submit({ mentor_ids: random.some(all) });
    await runChain(world.deps, formatRegistrationId(earlier));
    const override_duplicates = random.chance(0.5);
    const id = await world.submit({ mentor_ids: all, override_duplicates });

    const batches = [0, 1, 2, 3].map((batchNo) => ({
      registrationId: id,
      attempt: 1,
      generation: 1,
      batchNo,
    }));
    const runners = Array.from({ length: RUNNERS }, () => random.shuffled(batches));
    const written = await Promise.all(
      runners.map(async (deliveries) => {
        const numbers: number[] = [];
        for (const batch of deliveries) {
          const { kind } = await executeBatchInsert(world.deps, batch);
          if (kind === 'written') numbers.push(batch.batchNo);
        }
        return numbers;
      }),
    );
    expect(written.flat().toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    if (override_duplicates) expect(await world.activities(id)).toBe(40);
  });
});

raceTest('of twenty runners of one job one goes on with the chain', 6, async (random) => {
  await inRaceWorld(deps(), random, { batchSize: random.between(5, 40), runners: 0 }, async (world) => {
    const id = await world.submit({ mentor_ids: mentors('m', 40), override_duplicates: random.chance(0.5) });
    let job = await currentJob(world.deps, formatRegistrationId(id));
    for (let queueName: 'first' | 'rest' = 'first'; ; queueName = 'rest') {
      const run = () => runOnce(world.deps, job, queueName);
      const outcomes = await Promise.all(Array.from({ length: RUNNERS }, run));
      const next = outcomes.flatMap((outcome) => (outcome.kind === 'handed_over' ? [outcome.next] : []));
      expect(next.length).toBeLessThanOrEqual(1);
      if (next[0] === undefined) break;
      job = next[0];
    }
    expect(await world.activities(id)).toBe(40);
  });
});

raceTest('registrations of the same mentors in opposite orders share them', 10, async (random) => {
  const all = mentors('shared', random.between(20, 120));
  const options = { batchSize: random.between(3, 60), runners: 8, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const orders = inFourOrders(random, all, options.batchSize);
    const ids = await Promise.all(orders.map((mentor_ids) => world.submit({ mentor_ids })));
    await world.untilIdle();
    const counts = await Promise.all(ids.map((id) => world.activities(id)));
    expect(counts.reduce((sum, count) => sum + count)).toBe(all.length);
  });
});

raceTest('registrations that override share nothing, in whichever order they come', 10, async (random) => {
  const all = mentors('shared', random.between(20, 120));
  const options = { batchSize: random.between(3, 60), runners: 8, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const requests = inFourOrders(random, all, options.batchSize).map((mentor_ids, index) => ({
      mentor_ids,
      override_duplicates: index < 2 || random.chance(0.5),
    }));
    const ids = await Promise.all(requests.map((request) => world.submit(request)));
    await world.untilIdle();
    for (const [index, request] of requests.entries()) {
      if (request.override_duplicates) expect(await world.activities(ids[index] ?? 0n)).toBe(all.length);
    }
    const first = await world.deps.db.prisma.activity.count({ where: { occurrence: 0 } });
    expect(first).toBe(all.length);
  });
});

raceTest('mentors who are overridden get theirs, and nobody else gets a second one', 10, async (random) => {
  const all = mentors('shared', random.between(20, 120));
  const options = { batchSize: random.between(3, 60), runners: 8, queue: { copies: 3 } };
  await inRaceWorld(deps(), random, options, async (world) => {
    const requests = inFourOrders(random, all, options.batchSize).map((mentor_ids) => ({
      mentor_ids,
      override_mentor_ids: random.some(all),
    }));
    const ids = await Promise.all(requests.map((request) => world.submit(request)));
    await world.untilIdle();
    for (const [index, { override_mentor_ids }] of requests.entries()) {
      const written = await world.deps.db.prisma.activity.findMany({
        where: { bulkRegistrationId: ids[index] ?? 0n },
      });
      const mentorIds = written.map(({ mentorId }) => mentorId);
      expect(mentorIds).toEqual(expect.arrayContaining(override_mentor_ids));
      const second = written.filter(({ occurrence }) => occurrence === null);
      expect(override_mentor_ids).toEqual(expect.arrayContaining(second.map(({ mentorId }) => mentorId)));
    }
    expect(await world.deps.db.prisma.activity.count({ where: { occurrence: 0 } })).toBe(all.length);
  });
});

/** In the second one each batch has the mentors of the first one's, backwards: what deadlocks are made of. */
function inFourOrders(random: Random, all: readonly string[], batchSize: number): string[][] {
  const batches = Array.from({ length: Math.ceil(all.length / batchSize) }, (_, batchNo) =>
    all.slice(batchNo * batchSize, (batchNo + 1) * batchSize),
  );
  return [[...all], batches.flatMap((batch) => batch.toReversed()), all.toReversed(), random.shuffled(all)];
}
