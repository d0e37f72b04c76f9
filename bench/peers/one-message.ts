import { Queue } from 'bullmq';
import { monotonicMs } from '../clock.ts';
import type { Work } from '../work.ts';
import { startPeerWorker } from './peer-worker.ts';

export interface OneJobPeer {
  /** @returns mentors per second, from the first message added to the last activity written */
  write(work: Work): Promise<number>;
  close(): Promise<void>;
}

const CHUNK = 1_000;

/**
 * One message a mentor with BullMQ, as its documentation has it: addBulk, a worker in a process of
 * its own with some concurrency, and an activity created by each job.
 */
export async function oneJobBullmq(databaseUrl: string, redisUrl: string): Promise<OneJobPeer> {
  const queueName = `one-message-${process.pid}`;
  const queue = new Queue(queueName, { connection: { url: redisUrl } });
  const worker = await startPeerWorker('one-message-worker.ts', [databaseUrl, redisUrl, queueName]);

  return {
    async write({ mentor_ids, ...work }) {
      const startedAt = monotonicMs();
      const done = worker.done(mentor_ids.length);
      for (let start = 0; start < mentor_ids.length; start += CHUNK) {
        const chunk = mentor_ids.slice(start, start + CHUNK);
        await queue.addBulk(chunk.map((mentorId) => ({ name: 'register', data: { mentorId, ...work } })));
      }
      return mentor_ids.length / (((await done) - startedAt) / 1_000);
    },
    async close() {
      await worker.stop();
      await queue.obliterate({ force: true });
      await queue.close();
    },
  };
}
