import { expect } from 'vitest';
import { deleteExpiredRegistrations } from '../../registrations/retention.ts';
import { mentors } from '../index.ts';
import { provideRaceDeps } from '../race-deps.ts';
import { inRaceWorld, type RaceWorld, turns } from '../race-world.ts';
import { raceTest } from '../seeded-runs.ts';

const deps = provideRaceDeps();

/** Everything that has ended is old enough. */
const expire = ({ deps: { db } }: RaceWorld) =>
  deleteExpiredRegistrations(db.prisma, 0, { registrations: 10, mentors: 1_000 });

raceTest(
  'what expires while it is retried and undone goes as a whole, or stays as a whole',
  15,
  async (random) => {
    const options = { batchSize: random.between(2, 10), runners: 3, queue: { copies: 2 } };
    await inRaceWorld(deps(), random, options, async (world) => {
      const all = mentors('m', random.between(5, 40));
      const earlier = await world.submit({ mentor_ids: random.some(all) });
      await world.untilIdle();
      const id = await world.submit({ mentor_ids: [...all, 'own'] });
      await world.untilIdle();

      const later = <T>(act: () => Promise<T>) => turns(random.between(0, 60)).then(act);
      const [retried, undone] = await Promise.all([
        later(() => world.retry(id, { override_duplicates: true })),
        later(() => world.undo(id)),
        later(() => world.undo(earlier)),
        later(() => expire(world)),
        later(() => expire(world)),
      ]);
      expect(retried).toBeOneOf(['accepted', 'still_processing', 'was_undone', 'registration_not_found']);
      expect(undone).toBeOneOf(['accepted', 'still_processing', 'registration_not_found']);
      await world.untilIdle();

      const { prisma } = world.deps.db;
      for (const registrationId of [earlier, id]) {
        const [registrations, batches, history] = await Promise.all([
          prisma.bulkRegistration.count({ where: { id: registrationId } }),
          prisma.registrationBatch.count({ where: { registrationId } }),
          prisma.registrationHistory.count({ where: { registrationId } }),
        ]);
        if (registrations === 0) expect({ batches, history }).toEqual({ batches: 0, history: 0 });
        else expect(batches).toBeGreaterThan(0);
      }
    });
  },
);
