import { makeWorkerUtils } from 'graphile-worker';
import { monotonicMs } from '../clock.ts';
import type { OneJobPeer } from './one-message.ts';
import { startPeerWorker } from './peer-worker.ts';

/**
 * One job a mentor with graphile-worker, a queue on PostgreSQL: jobs added in one call, a worker in
 * a process of its own with the settings of its page on performance.
 */
export async function oneJobGraphile(databaseUrl: string): Promise<OneJobPeer> {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl });
  await utils.migrate();
  const worker = await startPeerWorker('one-job-worker.ts', [databaseUrl]);

  return {
    async write({ mentor_ids, ...work }) {
      const startedAt = monotonicMs();
      const done = worker.done(mentor_ids.length);
      await utils.addJobs(
        mentor_ids.map((mentorId) => ({ identifier: 'register', payload: { mentorId, ...work } })),
      );
      return mentor_ids.length / (((await done) - startedAt) / 1_000);
    },
    async close() {
      await worker.stop();
      await utils.release();
    },
  };
}
