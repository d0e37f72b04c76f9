import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseRegistrationId } from '@bulk/core';
import { waitFor } from '@bulk/core/testing';
import {
  type Fault,
  type FaultContext,
  type Hits,
  onNextStatement,
  ownMentors,
  parametersOf,
} from './fault.ts';
import { type MemberName, WORKERS } from './fleet.ts';
import type { World } from './world.ts';

/** Workers whose work ends them, and workers that stop for a while although others have taken over their jobs. */
export const WORKER_FAULTS: readonly Fault[] = [
  { name: 'worker out of memory in the middle of a batch', isLong: true, run: runOutOfMemory },
  { name: 'a job that ends every worker that takes it', isLong: true, run: poison },
  { name: 'worker frozen while its batch lands', run: freezeWorker },
  { name: 'two workers write one batch', run: writeOneBatchTwice },
];

/** Loaded into a worker by Node itself, before the program: on this signal it takes memory until V8 aborts. */
const TAKE_ALL_MEMORY = `
  const held = [];
  process.on('SIGUSR2', () => { for (;;) held.push(new Array(10_000).fill(held.length)); });`;
const LITTLE_MEMORY = [
  '--max-old-space-size=96',
  `--import=data:text/javascript,${encodeURIComponent(TAKE_ALL_MEMORY)}`,
];

async function runOutOfMemory({ world, load }: FaultContext): Promise<Hits> {
  const before = countOutOfMemory(world, 'worker-1');
  await world.fleet.stop('worker-1', world.graceMs);
  await world.fleet.start('worker-1', { NODE_OPTIONS: LITTLE_MEMORY.join(' ') });
  const dying = onNextStatement(world, {
    on: ['worker-1'],
    async act(name) {
      const verdict = world.fleet.kill(name, 'SIGUSR2');
      // Comes back with as much memory as before.
      void world.fleet.start(name);
      await waitFor(async () => countOutOfMemory(world, name) > before, { timeoutMs: 10_000 });
      return verdict;
    },
  });
  await Promise.all([dying, load.submit({ mentor_ids: ownMentors(5_000) })]);
  return { 'out of memory': countOutOfMemory(world, 'worker-1') - before };
}

/** What V8 says before it aborts. */
function countOutOfMemory({ dir }: World, name: MemberName): number {
  return readFileSync(join(dir, `${name}.log`), 'utf8').split('JavaScript heap out of memory').length - 1;
}

const DEATHS = 4;

/**
 * Aborts every worker that runs the retry of this registration, four times. That may cost one worker at
 * a time, once per job lock, and the other worker must go on with other registrations.
 */
async function poison({ world, load }: FaultContext): Promise<Hits> {
  const entry = await load.submit({ mentor_ids: ['bad-1', ...ownMentors(3)] });
  const registrationId = parseRegistrationId(entry.id ?? '') ?? 0n;
  const isOver = async () => !(await isProcessing(world, registrationId));
  await waitFor(isOver, { timeoutMs: 20_000 });
  const { jobLockMs, stalledCheckMs } = world.config;
  const doneBefore = await countDone(world);
  const dying = onNextStatement(world, {
    holding: parametersOf(registrationId, 2),
    times: DEATHS,
    withinMs: DEATHS * (jobLockMs + 3 * stalledCheckMs + 2_000),
    act: (name) => world.fleet.kill(name, 'SIGABRT'),
  });
  await Promise.all([dying, world.actions.retry(entry)]);
  const others = (await countDone(world)) - doneBefore;
  if (others === 0) world.journal.breaks('no registration was finished while one of them ended every worker');
  return { aborts: await dying, 'others done meanwhile': others };
}

async function isProcessing({ db }: World, id: bigint): Promise<boolean> {
  return (await db.prisma.bulkRegistration.count({ where: { id, status: 'processing' } })) > 0;
}

function countDone({ db }: World): Promise<number> {
  return db.prisma.bulkRegistration.count({ where: { status: { in: ['completed', 'failed'] } } });
}

/** Long enough for its job to count as stalled and to be run by another worker. */
async function freezeWorker({ world }: FaultContext): Promise<Hits> {
  const { jobLockMs, stalledCheckMs } = world.config;
  const hits = await onNextStatement(world, {
    act: (name) => world.fleet.signal(name, 'SIGSTOP'),
  });
  await sleep(jobLockMs + 2 * stalledCheckMs + 300);
  for (const name of WORKERS) world.fleet.signal(name, 'SIGCONT');
  return { zombie: hits };
}

/**
 * A worker is frozen while its batch is still on the way. The other worker takes the job over and writes
 * that batch; then the statement of the first one arrives, while the registration is still processing.
 */
async function writeOneBatchTwice({ world, load }: FaultContext): Promise<Hits> {
  const { jobLockMs, stalledCheckMs } = world.config;
  const entry = await load.submit({ mentor_ids: ownMentors(5_000) });
  const id = parseRegistrationId(entry.id ?? '') ?? 0n;
  const hits: Hits = { 'written by both': 0 };
  const progress = () => world.db.prisma.bulkRegistration.findUniqueOrThrow({ where: { id } });
  await onNextStatement(world, {
    holding: parametersOf(id, 1),
    async act(name) {
      const verdict = world.fleet.signal(name, 'SIGSTOP');
      for (const other of WORKERS) world.links[other].postgres.slowDown({ delayMs: 40, bytesPerMs: 1_000 });
      const before = await progress();
      const timeoutMs = jobLockMs + 3 * stalledCheckMs + 8_000;
      const hasMoved = async () => (await progress()).successCount > before.successCount;
      const isWritten = await waitFor(hasMoved, { timeoutMs }).catch(() => false);
      if (isWritten && (await progress()).status === 'processing') hits['written by both']! += 1;
      return verdict;
    },
  });
  await sleep(200);
  for (const name of WORKERS) {
    world.links[name].postgres.speedUp();
    world.fleet.signal(name, 'SIGCONT');
  }
  return hits;
}
