import { type Fault, type FaultContext, type Hits, onNextStatement } from './fault.ts';
import { type MemberName, WORKERS } from './fleet.ts';
import { watchSubmits } from './submit-watch.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { World } from './world.ts';

type Server = 'postgres' | 'redis';

/** The network between the processes and their servers. */
export const NETWORK_FAULTS: readonly Fault[] = [...faultsOf('postgres'), ...faultsOf('redis')];

function faultsOf(server: Server): Fault[] {
  const only = server === 'redis' ? ({ only: 'redis' } as const) : {};
  return [
    { ...only, name: `${server}: connections reset`, run: (context) => resetAll(context, server) },
    { ...only, name: `${server} refuses connections`, run: (context) => refuse(context, server) },
    {
      ...only,
      name: `${server}: bytes held, then delivered`,
      run: (context) => hold(context, server),
    },
    {
      ...only,
      name: `${server}: bytes held for one worker, then lost`,
      isLong: true,
      run: (context) => holdAndLose(context, server),
    },
    {
      ...only,
      name: `${server}: connections go silent for ever`,
      isLong: true,
      boundMs: 30_000,
      run: (context) => silence(context, server),
    },
    { ...only, name: `${server} is slow`, run: (context) => slowDown(context, server) },
  ];
}

async function resetAll({ world, pause }: FaultContext, server: Server): Promise<Hits> {
  let hits = 0;
  for (let times = 0; times < 3; times += 1) {
    for (const link of linksTo(world, server)) hits += link.reset();
    await pause(300);
  }
  return { connections: hits };
}

async function refuse({ world, pause }: FaultContext, server: Server): Promise<Hits> {
  const links = linksTo(world, server);
  const watch = watchSubmits(world, { mustBeAccepted: server === 'redis' });
  await Promise.all(links.map((link) => link.goDown()));
  await pause(4_000);
  await Promise.all(links.map((link) => link.comeUp()));
  return watch.answers();
}

/** No end and no reset: only what waits for an answer can notice. */
async function silence({ world }: FaultContext, server: Server): Promise<Hits> {
  return { connections: sum(linksTo(world, server).map((link) => link.silence())) };
}

async function hold(context: FaultContext, server: Server): Promise<Hits> {
  const links = linksTo(context.world, server);
  const hits = { links: links.length, 'mid-transaction': 0 };
  for (const link of links) {
    link.blackHole();
    if (server === 'postgres') hits['mid-transaction'] += link.countUnderWay('batch');
  }
  await context.pause(3_500);
  for (const link of links) link.endBlackHole();
  return hits;
}

/** With a batch on its way, or its answer on the way back; the other worker has no such trouble. */
async function holdAndLose({ world, random, pause }: FaultContext, server: Server): Promise<Hits> {
  let link = random.pick(linksTo(world, server).slice(1));
  const at = random.pick(['request', 'reply'] as const);
  let hits = 0;
  if (server === 'postgres') {
    const act = (name: MemberName): 'pass' => {
      link = linkOf(world, name, server)!;
      link.blackHole();
      return 'pass';
    };
    hits = await onNextStatement(world, { on: WORKERS, statement: 'batch', at, act });
  } else link.blackHole();
  await pause(3_500);
  const connections = link.reset();
  link.endBlackHole();
  return { connections, [at === 'request' ? 'mid-transaction' : 'after commit']: hits };
}

async function slowDown({ world, pause }: FaultContext, server: Server): Promise<Hits> {
  const links = linksTo(world, server);
  for (const link of links) link.slowDown({ delayMs: 60, bytesPerMs: 200 });
  await pause(4_000);
  for (const link of links) link.speedUp();
  return { links: links.length };
}

function linksTo(world: World, server: Server): TcpProxy[] {
  return (['api', ...WORKERS] as const).flatMap((name) => linkOf(world, name, server) ?? []);
}

function linkOf(world: World, name: MemberName, server: Server): TcpProxy | null {
  return world.links[name][server];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
