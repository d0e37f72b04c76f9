import { createLogger, createQueue, loadConfig } from '@bulk/core';
import { epochMs } from '../clock.ts';
import type { Installation } from '../installation.ts';
import { inTurn } from '../measure.ts';
import { bareStatements } from '../peers/bare-statements.ts';
import { ceiling } from '../peers/ceiling.ts';
import { oneJobBullmq, oneJobGraphile } from '../peers/one-job.ts';
import { usualPrisma } from '../peers/usual-prisma.ts';
import { atLeast, type Bound, compared, type Family, type Row } from '../row.ts';
import { mentorIds, newWork, type Work } from '../work.ts';
import type { World } from '../world.ts';

const MENTORS = 100_000;
/** The slower contestants get fewer. */
const MENTORS_OF_THE_USUAL = 5_000;
const MENTORS_ONE_BY_ONE = 1_000;

/** The worker writes two batches of one registration at a time. */
const CONNECTIONS_OF_ONE_REGISTRATION = 2;

const UNIT = 'mentors/s';
const WHOLE = 'POST of 100,000 over HTTP until completed, one worker';

const WHY_BELOW_THE_CEILING =
  'On two connections the bare insert keeps both cores busy. Ours shares them: of 100,000 mentors the worker takes 0.1 s of CPU, and a ' +
  'batch costs PostgreSQL 6.0 ms where the bare insert costs 5.3. Before the first batch the request is received, checked and ' +
  'stored, on one core, for 0.08 s.';

/** How fast one large registration is written, all of it new. */
export const mentors: Family = {
  name: 'mentors',
  async measure(world) {
    const installation = await world.install();
    const { pool } = installation;
    const worker = workerAlone(installation);
    world.defer(() => worker.close());
    const { ours, alone, theirs } = await inTurn(
      {
        ours: () => postUntilCompleted(installation),
        alone: () => worker.run(newWork(MENTORS)),
        theirs: () => ceiling(pool, newWork(MENTORS), CONNECTIONS_OF_ONE_REGISTRATION),
      },
      { rounds: 13 },
    );
    const random = await inTurn(
      {
        ours: () => postUntilCompleted(installation, inRandomOrder()),
        theirs: () => ceiling(pool, inRandomOrder(), CONNECTIONS_OF_ONE_REGISTRATION),
      },
      { rounds: 7 },
    );
    return [
      compared(WHOLE, UNIT, ours, 'ceiling', theirs, atLeast(0.72), WHY_BELOW_THE_CEILING),
      compared(
        'the worker alone: 100,000 stored, from the job until completed',
        UNIT,
        alone,
        'ceiling',
        theirs,
        atLeast(0.88),
        'A batch also finds duplicates, stores each result and moves the counters.',
      ),
      compared(
        'POST of 100,000 in random order until completed',
        UNIT,
        random.ours,
        'ceiling, in random order',
        random.theirs,
      ),
      ...(await comparedWithUsualWays(world, installation)),
    ];
  },
};

async function comparedWithUsualWays(world: World, installation: Installation): Promise<Row[]> {
  const { databaseUrl, pool } = installation;
  const prisma = await usualPrisma(databaseUrl);
  const bullmq = await oneJobBullmq(databaseUrl, world.redis.url);
  const graphile = await oneJobGraphile(databaseUrl);
  for (const each of [prisma, bullmq, graphile]) world.defer(() => each.close());
  const figures = await inTurn(
    {
      ours: () => postUntilCompleted(installation),
      ceilingOfOne: () => ceiling(pool, newWork(MENTORS), 1),
      prisma: () => prisma.write(newWork(MENTORS_OF_THE_USUAL)),
      bullmq: () => bullmq.write(newWork(MENTORS_ONE_BY_ONE)),
      graphile: () => graphile.write(newWork(MENTORS_ONE_BY_ONE)),
    },
    { rounds: 5 },
  );
  const row = (against: string, theirs: number[], goal?: Bound) =>
    compared(WHOLE, UNIT, figures.ours, against, theirs, goal);
  return [
    row('ceiling on one connection', figures.ceilingOfOne),
    row('usual Prisma', figures.prisma, atLeast(12)),
    row('one BullMQ job a mentor', figures.bullmq, atLeast(30)),
    row('one graphile-worker job a mentor', figures.graphile),
  ];
}

/** The same where every mentor has the activity already: each fails, or, with override, gets one more. */
export const duplicates: Family = {
  name: 'duplicates',
  async measure(world) {
    const installation = await world.install();
    const figures = await inTurn(
      {
        duplicates: () => postDuplicates(installation, 'failures'),
        override: () => postDuplicates(installation, 'override'),
        ceiling: () => ceiling(installation.pool, newWork(MENTORS), CONNECTIONS_OF_ONE_REGISTRATION),
      },
      { rounds: 5 },
    );

    const againstCeiling = (what: string, ours: number[], limit: number, ifMissed: string) =>
      compared(what, UNIT, ours, 'ceiling', figures.ceiling, atLeast(limit), ifMissed);
    return [
      againstCeiling(
        'the same, all of them duplicates',
        figures.duplicates,
        0.9,
        'A batch of duplicates costs PostgreSQL half of an insert; the request, its jobs and the worker cost the same.',
      ),
      againstCeiling(
        'the same, all of them duplicates, with override_duplicates',
        figures.override,
        0.6,
        'A batch costs PostgreSQL 7.8 ms of CPU where the bare insert costs 5.3; the rest is as above.',
      ),
    ];
  },
};

/** Mentors a second, of a registration of 100,000 who all have the activity already. */
export async function postDuplicates(
  { client, pool }: Installation,
  expected: 'failures' | 'override',
): Promise<number> {
  const work = newWork(MENTORS);
  await ceiling(pool, work, CONNECTIONS_OF_ONE_REGISTRATION);
  const ms = await (expected === 'failures'
    ? client.untilCompleted(work, 'failures')
    : client.untilCompleted({ ...work, override_duplicates: true }));
  return MENTORS / (ms / 1_000);
}

/** Mentors a second, of a registration of 100,000. */
export async function postUntilCompleted({ client }: Installation, work = newWork(MENTORS)): Promise<number> {
  return MENTORS / ((await client.untilCompleted(work)) / 1_000);
}

/** Mentor ids as they really come: nothing follows from one for the next. */
function inRandomOrder(): Work {
  const ids = mentorIds(MENTORS);
  for (let index = ids.length - 1; index > 0; index -= 1) {
    const other = Math.floor(Math.random() * (index + 1));
    [ids[index], ids[other]] = [ids[other]!, ids[index]!];
  }
  return newWork(0, { mentor_ids: ids });
}

/** What the worker does, without HTTP: the registration is stored before the clock starts. */
function workerAlone({ env, pool, client }: Installation) {
  const config = loadConfig({ ...env, LOG_LEVEL: 'silent' });
  const queue = createQueue(config, createLogger(config, { name: 'bench' }));
  const statements = bareStatements(pool);
  return {
    /** @returns mentors per second */
    async run(work: Work): Promise<number> {
      const id = await statements.insert(work);
      const startedAt = epochMs();
      await queue.enqueue(
        { registrationId: String(id), attempt: 1, generation: 1, mentorCount: work.mentor_ids.length },
        'first',
      );
      const { atMs } = await client.finished(`bulk-${id}`);
      return work.mentor_ids.length / ((atMs - startedAt) / 1_000);
    },
    close: () => queue.close(),
  };
}
