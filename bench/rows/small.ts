import { epochMs } from '../clock.ts';
import { POOL_SIZE } from '../installation.ts';
import { eachOf, inTurn, timed } from '../measure.ts';
import { type BareBullmq, bareBullmq } from '../peers/bare-bullmq.ts';
import { type BareStatements, bareStatements } from '../peers/bare-statements.ts';
import { atLeast, atMost, compared, type Family, figure, type Row } from '../row.ts';
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

/** How many small registrations a second, against the parts that they can't do without. */
export const small: Family = {
  name: 'small',
  async measure(world) {
    const { contestants, close } = await open(world);
    const { client, statements, bullmq } = contestants;
    const { ours, pairs, messages } = await inTurn(
      {
        ours: () => submitAll(client),
        pairs: () => insertAndBatchAll(statements),
        messages: () => bullmq.addAndProcess(REGISTRATIONS, CLIENTS),
      },
      { rounds: 5 },
    );
    await close();

    const parts = pairs.map((rate, round) => 1 / (1 / rate + 1 / messages[round]!));
    const unit = 'registrations/s';
    return [
      compared({
        what: 'registrations of 8 mentors, 16 clients, until all are completed',
        unit,
        ours,
        against: 'bare parts: 1 / (1/a + 1/b)',
        theirs: parts,
        // The goal is one of the production backend.
        ...(world.backend === 'redis' && { goal: atLeast(0.65), ifMissed: WHY_SLOWER }),
      }),
      figure({ what: 'a: insert and batch statement by pg, 16 connections', unit, ours: pairs }),
      figure({ what: 'b: bare BullMQ, add and process', unit: 'jobs/s', ours: messages }),
    ];
  },
};

/** How long one takes while nothing else runs, against the same parts one after the other. */
export const idle: Family = {
  name: 'idle',
  async measure(world) {
    const { contestants, close } = await open(world);
    const { client, statements, bullmq } = contestants;
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
    await close();

    const parts = insert.map((ms, round) => ms + hop[round]! + batch[round]!);
    const rows: Row[] = [
      compared({
        what: 'idle: POST of 8 sent until completed_at, median',
        unit: 'ms',
        ours,
        against: 'insert + job hop + batch',
        theirs: parts,
        goal: atMost(2),
      }),
    ];
    for (const [name, ours] of Object.entries({ insert, 'job hop': hop, batch })) {
      rows.push(figure({ what: `idle: ${name} alone`, unit: 'ms', ours }));
    }
    return rows;
  },
};

interface Contestants {
  client: ServiceClient;
  statements: BareStatements;
  bullmq: BareBullmq;
}

async function open(world: World): Promise<{ contestants: Contestants; close: () => Promise<void> }> {
  const installation = await world.install();
  const { client, pool, databaseUrl } = installation;
  const bullmq = await bareBullmq(world, databaseUrl);
  return {
    contestants: { client, statements: bareStatements(pool), bullmq },
    async close() {
      await bullmq.close();
      await installation.remove();
    },
  };
}

async function submitAll(client: ServiceClient): Promise<number> {
  const bodies = manySmall().map((work) => JSON.stringify(work));
  const startedAt = epochMs();
  await eachOf(bodies.length, CLIENTS, (index) => client.submit(bodies[index]!));
  return bodies.length / (((await client.allFinished()) - startedAt) / 1_000);
}

async function insertAndBatchAll(statements: BareStatements): Promise<number> {
  const works = manySmall();
  const ms = await timed(() =>
    eachOf(works.length, POOL_SIZE, async (index) =>
      statements.batch(await statements.insert(works[index]!)),
    ),
  );
  return works.length / (ms / 1_000);
}

/** All on one day, each with mentors of its own. */
function manySmall(): Work[] {
  const { activity_date } = newWork(1);
  return Array.from({ length: REGISTRATIONS }, (_, index) =>
    newWork(0, { activity_date, mentor_ids: mentorIds(MENTORS, 1 + index * MENTORS) }),
  );
}
