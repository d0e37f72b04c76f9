import {
  type Fault,
  type FaultContext,
  type Hits,
  onNextStatement,
  ownMentors,
  stateOfWork,
} from './fault.ts';
import { type MemberName, WORKERS } from './fleet.ts';
import type { Statement } from './postgres-wire.ts';

/** Processes that are killed or restarted. */
export const PROCESS_FAULTS: readonly Fault[] = [
  killedAt('worker killed before its batch lands', WORKERS, 'batch', 'request', 2),
  killedAt('worker killed after its batch landed', WORKERS, 'batch', 'reply', 2),
  { name: 'worker killed at any moment', run: killTwoWorkers },
  { name: 'all workers killed', run: killAllWorkers },
  { name: 'workers restarted in turn, with other batch sizes', run: restartInTurn },
  killedAt('api killed when a registration has landed', ['api'], 'submit', 'reply', 1),
  killedAt('api killed before a registration lands', ['api'], 'submit', 'request', 1),
  { name: 'api killed between commit and enqueue', run: killApiAtEnqueue },
];

function killedAt(
  name: string,
  on: readonly MemberName[],
  statement: Statement,
  at: 'request' | 'reply',
  times: number,
): Fault {
  const run = async ({ world }: FaultContext) => {
    const act = (member: MemberName) => world.fleet.kill(member);
    const hits = await onNextStatement(world, { on, statement, at, times, act });
    return { [at === 'request' ? 'mid-transaction' : 'after commit']: hits };
  };
  return { name, run };
}

async function killTwoWorkers({ world, random, pause }: FaultContext): Promise<Hits> {
  const hits: Hits = {};
  for (let kills = 0; kills < 2; kills += 1) {
    await pause(random.between(0, 600));
    const name = random.pick(WORKERS);
    await stateOfWork(world, name, hits);
    world.fleet.kill(name);
    await world.fleet.settled();
  }
  return hits;
}

async function killAllWorkers({ world, load, random, pause }: FaultContext): Promise<Hits> {
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await pause(random.between(50, 400));
  const hits: Hits = {};
  for (const name of WORKERS) await stateOfWork(world, name, hits);
  for (const name of WORKERS) world.fleet.kill(name);
  return hits;
}

async function restartInTurn({ world, random, pause }: FaultContext): Promise<Hits> {
  const hits: Hits = {};
  for (const name of [...WORKERS, 'api'] as const) {
    if (name !== 'api') await stateOfWork(world, name, hits);
    await world.fleet.stop(name, world.graceMs);
    await world.fleet.start(name, { BATCH_SIZE: String(random.between(50, 500)) });
    await pause(200);
  }
  return hits;
}

async function killApiAtEnqueue({ world, load, pause }: FaultContext): Promise<Hits> {
  const { postgres, redis } = world.links.api;
  const act = () => world.fleet.kill('api');
  const trap = (redis ?? postgres).intercept({ statement: 'enqueue', at: 'request', act });
  await Promise.race([trap.sprung, Promise.all([load.submit(), pause(6_000)])]);
  await trap.disarm();
  return { 'after commit, before enqueue': trap.count() };
}
