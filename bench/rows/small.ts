import { epochMs } from '../clock.ts';
import { POOL_SIZE } from '../installation.ts';
import { eachOf, inTurn, ratePerSecond, timed } from '../measure.ts';
import { bareBullmq } from '../peers/bare-bullmq.ts';
import { type BareStatements, bareStatements } from '../peers/bare-statements.ts';
import { atLeast, atMost, compared, type Family, figure } from '../row.ts';
import type { ServiceClient } from '../service-client.ts';
import { mentorIds, newWork, type Work } from '../work.ts';
import type { World } from '../world.ts';

const MENTORS = 8;
const REGISTRATIONS = 1_000;
const CLIENTS = 16;

const WHY_SLOWER =
  'In a CPU profile writing to sockets takes 40 % of the API and 47 % of the worker: five writes a registration (two to PostgreSQL, two to ' +
  'Redis, the answer), each of which wakes another process, on two cores that the client uses, too. Prisma takes 0.12 ms a statement more ' +
  'than the bare driver. The parts lack HTTP, the checks and two lines of log.';

/** How many small registrations a second, compared with the parts that they need at least. */
export const small: Family = {
  name: 'small',
  async measure(world) {
    const { client, statements, bullmq } = await open(world);
    const { ours, pairs, jobs } = await inTurn(
      {
        ours: () => submitAll(client),
        pairs: () => insertAndBatchAll(statements),
        jobs: () => bullmq.addAndProcess(REGISTRATIONS, CLIENTS),
      },
      { rounds: 5 },
    );

    const parts = pairs.map((rate, round) => 1 / (1 / rate + 1 / jobs[round]!));
    const unit = 'registrations/s';
    const what = 'registrations of 8 mentors, 16 clients, until all are completed';
    // The goal is one of the production backend.
    const goal = world.backend === 'redis' ? atLeast(0.65) : undefined;
    return [
      compared(what, unit, ours, 'bare parts: 1 / (1/a + 1/b)', parts, goal, WHY_SLOWER),
      figure('a: insert and batch statement by pg, 16 connections', unit, pairs),
      figure('b: bare BullMQ, add and process', 'jobs/s', jobs),
    ];
  },
};

/** How long one takes while nothing else runs, compared with the same parts one after the other. */
export const idle: Family = {
  name: 'idle',
  async measure(world) {
    const { client, statements, bullmq } = await open(world);
    let stored: bigint;
    const { ours, insert, hop, batch } = await inTurn(
      {
        ours: () => client.untilCompleted(newWork(MENTORS)),
        insert: () =>
          timed(async () => {
            stored = await statements.insert(newWork(MENTORS));
          }),
        hop: () => bullmq.hop(),
        batch: () => timed(() => statements.batch(stored)),
      },
      { rounds: 300, warmUps: 100 },
    );

    const parts = insert.map((ms, round) => ms + hop[round]! + batch[round]!);
    const what = 'idle: POST of 8 sent until completed_at, median';
    return [
      compared(what, 'ms', ours, 'insert + job hop + batch', parts, atMost(2)),
      ...Object.entries({ insert, 'job hop': hop, batch }).map(([name, alone]) =>
        figure(`idle: ${name} alone`, 'ms', alone),
      ),
    ];
  },
};

async function open(world: World) {
  const { client, pool, databaseUrl } = await world.install();
  return { client, statements: bareStatements(pool), bullmq: await bareBullmq(world, databaseUrl) };
}

/** Registrations a second, of many small ones that are sent at once. */
export async function submitAll(client: ServiceClient): Promise<number> {
  const bodies = manySmall().map((work) => JSON.stringify(work));
  const startedAt = epochMs();
  await eachOf(bodies.length, CLIENTS, (index) => client.submit(bodies[index]!));
  return bodies.length / (((await client.allFinished()) - startedAt) / 1_000);
}

async function insertAndBatchAll(statements: BareStatements): Promise<number> {
  const works = manySmall();
  const insertAndBatch = async (index: number) => statements.batch(await statements.insert(works[index]!));
  return ratePerSecond(works.length, () => eachOf(works.length, POOL_SIZE, insertAndBatch));
}

/** All on one day, each with mentors of its own. */
function manySmall(): Work[] {
  const { activity_date } = newWork(1);
  return Array.from({ length: REGISTRATIONS }, (_, index) =>
    newWork(0, { activity_date, mentor_ids: mentorIds(MENTORS, 1 + index * MENTORS) }),
  );
}
