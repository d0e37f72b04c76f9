import type { ListWorkersResponse } from '@bulk/contract';
import type { Deps } from '../deps.ts';
import { findWorkers } from './heartbeat.ts';

/**
 * Lists the workers of the last day, 1,000 at most.
 *
 * @throws transient errors of the database
 */
export async function listWorkers({ db }: Pick<Deps, 'db'>): Promise<ListWorkersResponse> {
  const workers = await findWorkers(db.prisma);
  return {
    data: workers.map(({ id, hostName, pid, version, startedAt, seenAt, isAlive }) => ({
      id,
      host_name: hostName,
      pid,
      version,
      started_at: startedAt.toISOString(),
      seen_at: seenAt.toISOString(),
      is_alive: isAlive,
    })),
  };
}
