import { setTimeout as sleep } from 'node:timers/promises';
import { parseRegistrationId } from '@bulk/core';
import {
  type Fault,
  type FaultContext,
  type Hits,
  onNextStatement,
  ownMentors,
  parametersOf,
} from './fault.ts';
import { WORKERS } from './fleet.ts';

/** Workers that stand still and go on later, not knowing that others did their work. */
export const FREEZE_FAULTS: readonly Fault[] = [
  { name: 'worker frozen while its batch lands', run: freezeWorker },
  { name: 'two workers write one batch', run: writeOneBatchTwice },
];

/** Long enough for its message to be taken for stalled and be run by another worker. */
async function freezeWorker({ world }: FaultContext): Promise<Hits> {
  const { jobLockMs, stalledCheckMs } = world.config;
  const hits = await onNextStatement(world, {
    on: WORKERS,
    statement: 'batch',
    at: 'request',
    act(name) {
      world.fleet.signal(name, 'SIGSTOP');
      return 'pass';
    },
  });
  await sleep(jobLockMs + 2 * stalledCheckMs + 300);
  for (const name of WORKERS) world.fleet.signal(name, 'SIGCONT');
  return { zombie: hits };
}

/**
 * A worker is frozen with its batch still on the way. Another takes the message over and writes that
 * batch; then the first one's arrives, while there is more to do.
 */
async function writeOneBatchTwice({ world, load }: FaultContext): Promise<Hits> {
  const { jobLockMs, stalledCheckMs } = world.config;
  const entry = await load.submit({ mentor_ids: ownMentors(5_000) });
  const id = parseRegistrationId(entry.id ?? '') ?? 0n;
  const hits: Hits = { 'written by both': 0 };
  const progress = () =>
    world.db.prisma.bulkRegistration.findUniqueOrThrow({
      where: { id },
      select: { successCount: true, status: true },
    });
  await onNextStatement(world, {
    on: WORKERS,
    statement: 'batch',
    at: 'request',
    holding: parametersOf(id, 1),
    async act(name): Promise<'pass'> {
      world.fleet.signal(name, 'SIGSTOP');
      for (const other of WORKERS) world.links[other].postgres.slowDown({ delayMs: 40, bytesPerMs: 1_000 });
      const before = await progress();
      let now = before;
      const deadline = Date.now() + jobLockMs + 3 * stalledCheckMs + 3_000;
      while (now.successCount === before.successCount && Date.now() < deadline) {
        await sleep(10);
        now = await progress();
      }
      if (now.status === 'processing' && now.successCount > before.successCount)
        hits['written by both']! += 1;
      return 'pass';
    },
  });
  await sleep(200);
  for (const name of WORKERS) {
    world.links[name].postgres.speedUp();
    world.fleet.signal(name, 'SIGCONT');
  }
  return hits;
}
