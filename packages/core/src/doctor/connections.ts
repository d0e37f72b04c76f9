import { QUEUE_POOL_SIZE } from '../jobs/backend.ts';
import { QUEUES } from '../jobs/job.ts';
import type { Context } from './check.ts';
import type { Finding } from './finding.ts';

/** Whether PostgreSQL lets all processes in at once, with their pools full. */
export async function connections({ db, config, processes }: Context): Promise<Finding[]> {
  const [limit] = await db.prisma.$queryRaw<Array<{ usable: number; reserved: number }>>`
    select
      current_setting('max_connections')::integer - reserved as usable,
      reserved
    from (
      select
        current_setting('superuser_reserved_connections')::integer
          -- From version 16 on.
          + coalesce(current_setting('reserved_connections', true), '0')::integer as reserved
    ) settings`;
  const { usable = 0, reserved = 0 } = limit ?? {};
  const needed = processes.api * ofProcess(config, 'api') + processes.workers * ofProcess(config, 'worker');
  if (needed <= usable) return [];
  return [
    {
      severity: 'warning',
      what:
        `${processes.api} API and ${processes.workers} worker processes may open ${needed} connections, ` +
        `and PostgreSQL lets ${usable} in.`,
      do:
        `Set max_connections to ${needed + reserved} or more, lower DATABASE_POOL_SIZE (${config.databasePoolSize}), ` +
        'or run fewer processes.',
    },
  ];
}

/** Every queue has a pool of its own, and a worker one more for each, with a connection that listens. */
function ofProcess({ databasePoolSize, redisUrl }: Context['config'], program: 'api' | 'worker'): number {
  if (redisUrl !== null) return databasePoolSize;
  const adding = QUEUES.length * QUEUE_POOL_SIZE;
  const taking = QUEUES.length * (QUEUE_POOL_SIZE + 1);
  return databasePoolSize + adding + (program === 'worker' ? taking : 0);
}
