import { listIdle } from '../jobs/generations.ts';
import { createQueue } from '../jobs/registration-queue.ts';
import { createLogger } from '../log.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { countWorkers } from '../workers/heartbeat.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

/** Long enough for any batch, and for a worker that takes over from a dead one. */
const IDLE_MS = 60_000;
const LOOKED_AT = 200;

/** Registrations that have not moved for a minute, while no worker is seen, or no job in the queue. */
export async function stuckRegistrations({ db, config }: Context): Promise<Finding[]> {
  const idle = await listIdle(db.prisma, { afterId: 0n, idleMs: IDLE_MS, limit: LOOKED_AT });
  const [oldest] = idle;
  if (oldest === undefined) return [];
  const name = formatRegistrationId(BigInt(oldest.registrationId));
  const { alive, lastSeenAt } = await countWorkers(db.prisma);
  if (alive === 0) {
    const since = lastSeenAt === null ? 'in the last day' : `since ${lastSeenAt.toISOString()}`;
    return [
      {
        severity: 'error',
        what: `${countOf(idle)} processing, ${name} first, and no worker has been seen ${since}.`,
        do: 'Start one: npm run start:worker. It finishes them.',
      },
    ];
  }
  const queue = createQueue(config, createLogger({ logLevel: 'silent' }, { name: 'doctor' }));
  try {
    const states = await Promise.all(idle.map((job) => queue.getJobState(job)));
    const lost = idle.filter((_, index) => states[index] === 'gone');
    if (lost.length === 0) return [];
    return [
      {
        severity: 'error',
        what: `${countOf(lost)} processing without a job in the queue, and no worker adds one.`,
        do: 'Read the log of the workers. QUEUE_PREFIX and REDIS_URL must be the same for all processes.',
      },
    ];
  } finally {
    await queue.close().catch(() => {});
  }
}

function countOf(jobs: readonly unknown[]): string {
  if (jobs.length === 1) return 'A registration is';
  return `${jobs.length === LOOKED_AT ? `At least ${LOOKED_AT}` : jobs.length} registrations are`;
}
