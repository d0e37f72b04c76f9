import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type FaultContext, type Hits, ownMentors } from './fault.ts';
import { type MemberName, WORKERS } from './fleet.ts';
import type { Backend, World } from './world.ts';

const ALL: readonly MemberName[] = ['api', ...WORKERS];

/** Starting and stopping while something is away, and clocks that are wrong. */
export const START_FAULTS: readonly Fault[] = [
  { name: 'stop and start while postgres is away', run: (context) => restartWithout(context, 'postgres') },
  {
    name: 'stop and start while redis is away',
    only: 'redis',
    run: (context) => restartWithout(context, 'redis'),
  },
  clocksApart('redis', { api: '+1h', 'worker-1': '+10m', 'worker-2': '-10m' }),
  // On PostgreSQL BullMQ 6.7 goes by its workers' clocks: a stamp that is ahead ends the search for
  // stalled messages until then, and the sweeper takes those for alive.
  clocksApart('postgres', { api: '+1h', 'worker-1': '+5s', 'worker-2': '-5s' }),
];

type Clocks = Readonly<Record<MemberName, string | null>>;

const RIGHT: Clocks = { api: null, 'worker-1': null, 'worker-2': null };

function clocksApart(only: Backend, clocks: Clocks): Fault {
  return {
    name: `clocks apart: ${Object.values(clocks).join(', ')}`,
    only,
    impossible: () => (fakeTimeLibrary() === null ? NO_FAKETIME : null),
    run: (context) => skewClocks(context, clocks),
  };
}

/** Each process must end with 0 within its grace, start, and find the server when it is back. */
async function restartWithout(
  { world, load, pause }: FaultContext,
  server: 'postgres' | 'redis',
): Promise<Hits> {
  await load.submit({ mentor_ids: ownMentors(5_000) });
  const links = ALL.map((name) => world.links[name][server]!);
  await Promise.all(links.map((link) => link.goDown()));
  await pause(500);
  const stopMs = await Promise.all(ALL.map((name) => world.fleet.stop(name, world.graceMs)));
  await Promise.all(ALL.map((name) => world.fleet.start(name)));
  await pause(1_500);
  await Promise.all(links.map((link) => link.comeUp()));
  return { processes: ALL.length, 'longest stop ms': Math.round(Math.max(...stopMs)) };
}

/** Wrong clocks, and workers killed meanwhile; then right ones, and a worker killed once more. */
async function skewClocks({ world, load, pause }: FaultContext, clocks: Clocks): Promise<Hits> {
  await runWithClocks(world, clocks);
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await pause(2_500);
  for (const name of WORKERS) world.fleet.kill(name);
  await pause(1_000);
  await world.fleet.settled();
  await runWithClocks(world, RIGHT);
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await sleep(200);
  world.fleet.kill('worker-1');
  await world.fleet.settled();
  return { processes: ALL.length };
}

async function runWithClocks(world: World, offsets: Clocks): Promise<void> {
  await Promise.all(
    ALL.map(async (name) => {
      const offset = offsets[name];
      await world.fleet.stop(name, world.graceMs);
      await world.fleet.start(name, offset === null ? {} : fakeTime(offset));
    }),
  );
}

function fakeTime(offset: string): Record<string, string> {
  return {
    LD_PRELOAD: fakeTimeLibrary()!,
    FAKETIME: offset,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_NO_CACHE: '1',
  };
}

const NO_FAKETIME = 'libfaketime is missing (apt-get install faketime)';

function fakeTimeLibrary(): string | null {
  const machine = execFileSync('uname', ['-m'], { encoding: 'utf8' }).trim();
  const paths = [
    `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`,
    '/usr/lib/faketime/libfaketime.so.1',
  ];
  return paths.find((path) => existsSync(path)) ?? null;
}
