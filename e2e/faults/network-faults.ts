import { type Fault, type FaultContext, type Hits, onNextStatement } from './fault.ts';
import { MEMBERS, type MemberName } from './fleet.ts';
import { watchSubmits } from './submit-watch.ts';
import type { TcpProxy } from './tcp-proxy.ts';
import type { World } from './world.ts';

type Server = 'postgres' | 'redis';

/** The network between the processes and their servers. */
export const NETWORK_FAULTS: readonly Fault[] = [...faultsOf('postgres'), ...faultsOf('redis')];

function faultsOf(server: Server): Fault[] {
  const fault = (
    name: string,
    run: (context: FaultContext, server: Server) => Promise<Hits>,
    more: Partial<Fault> = {},
  ): Fault => ({
    name: `${server}${name}`,
    run: (context) => run(context, server),
    ...(server === 'redis' && { only: server }),
    ...more,
  });
  return [
    fault(': connections reset', resetAll),
    fault(' refuses connections', refuse),
    fault(': bytes held, then delivered', hold),
    fault(': bytes held for one worker, then lost', holdAndLose, { isLong: true }),
    fault(': connections go silent for ever', silence, { isLong: true, boundMs: 30_000 }),
    fault(' is slow', slowDown),
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

/** Neither end nor reset: only a process that waits for an answer can notice. */
async function silence({ world }: FaultContext, server: Server): Promise<Hits> {
  let connections = 0;
  for (const link of linksTo(world, server)) connections += link.silence();
  return { connections };
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

/** While a batch is on its way, or its answer on the way back; the other worker's link works. */
async function holdAndLose({ world, random, pause }: FaultContext, server: Server): Promise<Hits> {
  let link = random.pick(linksTo(world, server).slice(1));
  const at = random.pick(['request', 'reply'] as const);
  let hits = 0;
  if (server === 'postgres') {
    const act = (name: MemberName): 'pass' => {
      link = world.links[name][server]!;
      link.blackHole();
      return 'pass';
    };
    hits = await onNextStatement(world, { at, act });
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
  return MEMBERS.flatMap((name) => world.links[name][server] ?? []);
}
