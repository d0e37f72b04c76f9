import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Fault,
  type FaultContext,
  type Hits,
  onNextStatement,
  ownMentors,
  selectInteger,
} from './fault.ts';
import { MEMBERS, type MemberName } from './fleet.ts';
import type { World } from './world.ts';

/** Starting and stopping while a server is away, and wrong clocks. */
export const START_FAULTS: readonly Fault[] = [
  { name: 'stop and start while postgres is away', run: (context) => restartWithout(context, 'postgres') },
  {
    name: 'stop and start while redis is away',
    only: 'redis',
    run: (context) => restartWithout(context, 'redis'),
  },
  {
    name: 'clocks apart: +1h, +10m, -10m',
    impossible: () => (fakeTimeLibrary() === null ? NO_FAKETIME : null),
    run: skewClocks,
    afterwards: letStampsComeTrue,
  },
];

/** As offsets for libfaketime; null: the right time. */
type Clocks = Partial<Record<MemberName, string | null>>;

const APART: Clocks = { api: '+1h', 'worker-1': '+10m', 'worker-2': '-10m' };
const RIGHT: Clocks = { api: null, 'worker-2': null };

/** Each process must end with 0 within its grace, start again, and find the server when it is back. */
async function restartWithout(
  { world, load, pause }: FaultContext,
  server: 'postgres' | 'redis',
): Promise<Hits> {
  await load.submit({ mentor_ids: ownMentors(5_000) });
  const links = MEMBERS.map((name) => world.links[name][server]!);
  await Promise.all(links.map((link) => link.goDown()));
  await pause(500);
  const stopMs = await Promise.all(MEMBERS.map((name) => world.fleet.stop(name, world.graceMs)));
  await Promise.all(MEMBERS.map((name) => world.fleet.start(name)));
  await pause(1_500);
  await Promise.all(links.map((link) => link.comeUp()));
  return { processes: MEMBERS.length, 'longest stop ms': Math.round(Math.max(...stopMs)) };
}

/**
 * Two workers have wrong clocks; the one that is ahead dies while it runs a job. Then clocks are right, and
 * a worker is killed again. On PostgreSQL BullMQ 6.7 uses its workers' clocks: for ten minutes it takes
 * that job for running, and does not look for other stalled jobs.
 */
async function skewClocks({ world, load, pause }: FaultContext): Promise<Hits> {
  await runWithClocks(world, APART);
  await pause(1_000);
  const dying = onNextStatement(world, {
    on: ['worker-1'],
    act(name) {
      const verdict = world.fleet.kill(name);
      // Comes back with the right clock.
      void world.fleet.start(name);
      return verdict;
    },
  });
  await Promise.all([dying, load.submit({ mentor_ids: ownMentors(5_000) })]);
  await world.fleet.settled();
  await runWithClocks(world, RIGHT);
  const lockedAhead = await countLockedAhead(world);
  await load.submit({ mentor_ids: ownMentors(5_000) });
  await sleep(200);
  world.fleet.kill('worker-1');
  return { 'died with its clock ahead': await dying, 'jobs locked for minutes': lockedAhead };
}

async function countLockedAhead(world: World): Promise<number> {
  if (world.backend === 'redis') return 0;
  return selectInteger(world)`
    select count(*)::integer as n
    from bulk_queue.job
    where state = 'active' and locked_until_ms > (extract(epoch from now()) + 60) * 1000`;
}

/** Ends the rest of the ten minutes, for which the queue would keep jobs that nobody needs. */
async function letStampsComeTrue({ backend, db }: World): Promise<void> {
  if (backend === 'redis') return;
  await db.prisma.$executeRaw`
    update bulk_queue.job
    set locked_until_ms = least(locked_until_ms, extract(epoch from now()) * 1000)
    where state = 'active'`;
  await db.prisma.$executeRaw`delete from bulk_queue.meta where field = 'stalled-check'`;
}

async function runWithClocks({ fleet, graceMs }: World, clocks: Clocks): Promise<void> {
  const restarts = MEMBERS.filter((name) => name in clocks).map(async (name) => {
    await fleet.stop(name, graceMs);
    await fleet.start(name, fakeTime(clocks[name] ?? null));
  });
  await Promise.all(restarts);
}

function fakeTime(offset: string | null): Record<string, string> {
  if (offset === null) return {};
  const settings = { FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_NO_CACHE: '1' };
  return { LD_PRELOAD: fakeTimeLibrary()!, FAKETIME: offset, ...settings };
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
