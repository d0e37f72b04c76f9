import { Queue } from 'bullmq';
import { makeWorkerUtils } from 'graphile-worker';
import { monotonicMs } from '../clock.ts';
import { startHelper } from '../helper.ts';
import type { Work } from '../work.ts';

/** One job a mentor: a job inserts one activity, in a worker that is a process of its own. */
export interface OneJobPeer {
  /** @returns mentors per second, from the first job added to the last activity written */
  write(work: Work): Promise<number>;
  close(): Promise<void>;
}

type Job = Omit<Work, 'mentor_ids'> & { mentorId: string };

const CHUNK = 1_000;

/** BullMQ as in its documentation: jobs added by addBulk, a worker with some concurrency. */
export async function oneJobBullmq(databaseUrl: string, redisUrl: string): Promise<OneJobPeer> {
  const queueName = `one-job-${process.pid}`;
  const queue = new Queue(queueName, { connection: { url: redisUrl } });
  return startPeer('one-job-bullmq-worker.ts', [databaseUrl, redisUrl, queueName], {
    async add(jobs) {
      for (let start = 0; start < jobs.length; start += CHUNK) {
        await queue.addBulk(jobs.slice(start, start + CHUNK).map((data) => ({ name: 'register', data })));
      }
    },
    async close() {
      await queue.obliterate({ force: true });
      await queue.close();
    },
  });
}

/** graphile-worker, a queue on PostgreSQL: jobs added in one call, a worker with the settings of its page on performance. */
export async function oneJobGraphile(databaseUrl: string): Promise<OneJobPeer> {
  const utils = await makeWorkerUtils({ connectionString: databaseUrl });
  await utils.migrate();
  return startPeer('one-job-graphile-worker.ts', [databaseUrl], {
    add: (jobs) => utils.addJobs(jobs.map((payload) => ({ identifier: 'register', payload }))),
    close: async () => utils.release(),
  });
}

async function startPeer(
  script: string,
  args: readonly string[],
  queue: { add(jobs: Job[]): Promise<unknown>; close(): Promise<void> },
): Promise<OneJobPeer> {
  const worker = await startHelper<{ count: number }, number>(`peers/${script}`, args);
  return {
    async write({ mentor_ids, ...work }) {
      const jobs = mentor_ids.map((mentorId) => ({ mentorId, ...work }));
      const startedAt = monotonicMs();
      const done = worker.ask({ count: jobs.length });
      await queue.add(jobs);
      return jobs.length / (((await done) - startedAt) / 1_000);
    },
    async close() {
      await worker.stop();
      await queue.close();
    },
  };
}
