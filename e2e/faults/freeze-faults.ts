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

/** Workers that stop for a while and then go on, although other workers have taken over their jobs. */
export const FREEZE_FAULTS: readonly Fault[] = [
  { name: 'worker frozen while its batch lands', run: freezeWorker },
  { name: 'two workers write one batch', run: writeOneBatchTwice },
];

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
      let now = before;
      const deadline = Date.now() + jobLockMs + 3 * stalledCheckMs + 3_000;
      while (now.successCount === before.successCount && Date.now() < deadline) {
        await sleep(10);
        now = await progress();
      }
      if (now.status === 'processing' && now.successCount > before.successCount)
        hits['written by both']! += 1;
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
