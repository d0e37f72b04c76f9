import {
  type Fault,
  type FaultContext,
  type Hits,
  onNextStatement,
  ownMentors,
  stateOfWork,
} from './fault.ts';
import { WORKERS } from './fleet.ts';

/** Processes that die, freeze, or are told to go. */
export const PROCESS_FAULTS: readonly Fault[] = [
  {
    name: 'worker killed before its batch lands',
    run: (context) => killWorkerAt(context, 'request', 'mid-transaction'),
  },
  {
    name: 'worker killed after its batch landed',
    run: (context) => killWorkerAt(context, 'reply', 'after commit'),
  },
  {
    name: 'worker killed at any moment',
    async run({ world, random, pause, struck }) {
      const hits: Hits = {};
      for (let kills = 0; kills < 2; kills += 1) {
        await pause(random.between(0, 600));
        const name = random.pick(WORKERS);
        await stateOfWork(world, name, hits);
        world.fleet.kill(name);
        struck();
        await world.fleet.settled();
      }
      return hits;
    },
  },
  {
    name: 'all workers killed',
    async run({ world, load, random, pause, struck }) {
      await load.submit({ mentor_ids: ownMentors(5_000) });
      await pause(random.between(50, 400));
      const hits: Hits = {};
      for (const name of WORKERS) await stateOfWork(world, name, hits);
      for (const name of WORKERS) world.fleet.kill(name);
      struck();
      await world.fleet.settled();
      return hits;
    },
  },
  {
    name: 'workers restarted in turn, with other batch sizes',
    async run({ world, random, pause }) {
      const hits: Hits = {};
      for (const name of [...WORKERS, 'api'] as const) {
        if (name !== 'api') await stateOfWork(world, name, hits);
        await world.fleet.stop(name, world.graceMs);
        await world.fleet.start(name, { BATCH_SIZE: String(random.between(50, 500)) });
        await pause(200);
      }
      return hits;
    },
  },
  {
    name: 'api killed when a registration has landed',
    run: (context) => killApiAt(context, 'reply', 'after commit'),
  },
  {
    name: 'api killed before a registration lands',
    run: (context) => killApiAt(context, 'request', 'mid-transaction'),
  },
  { name: 'api killed between commit and enqueue', run: killApiAtEnqueue },
];

async function killWorkerAt(
  { world, struck }: FaultContext,
  at: 'request' | 'reply',
  label: string,
): Promise<Hits> {
  const hits = await onNextStatement(world, {
    on: WORKERS,
    statement: 'batch',
    at,
    times: 2,
    act(name) {
      world.fleet.kill(name);
      struck();
      return 'cut';
    },
  });
  await world.fleet.settled();
  return { [label]: hits };
}

async function killApiAt(
  { world, struck }: FaultContext,
  at: 'request' | 'reply',
  label: string,
): Promise<Hits> {
  const hits = await onNextStatement(world, {
    on: ['api'],
    statement: 'submit',
    at,
    act() {
      world.fleet.kill('api');
      struck();
      return 'cut';
    },
  });
  await world.fleet.settled();
  return { [label]: hits };
}

async function killApiAtEnqueue({ world, load, pause, struck }: FaultContext): Promise<Hits> {
  const { postgres, redis } = world.links.api;
  const trap = (redis ?? postgres).intercept({
    statement: 'enqueue',
    at: 'request',
    act() {
      world.fleet.kill('api');
      struck();
      return 'cut';
    },
  });
  await Promise.race([trap.sprung, Promise.all([load.submit(), pause(6_000)])]);
  await trap.disarm();
  await world.fleet.settled();
  return { 'after commit, before enqueue': trap.count() };
}
