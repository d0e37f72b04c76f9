import { type JobData, jobId, type QueueName } from '../jobs/job.ts';
import type { RegistrationQueue } from '../jobs/registration-queue.ts';

export interface Delivery {
  job: JobData;
  queueName: QueueName;
}

/** A queue in memory, for tests that decide themselves what is delivered, when, and how often. */
export interface MemoryQueue extends RegistrationQueue {
  /** What was added and not yet taken, oldest first. */
  readonly waiting: Delivery[];
}

/** As honest as a real one: a job waits until someone takes it out of `waiting`. */
export function createMemoryQueue(): MemoryQueue {
  const waiting: Delivery[] = [];
  const isWaiting = (job: JobData) => waiting.some((delivery) => jobId(delivery.job) === jobId(job));
  const enqueue = async (job: JobData, queueName: QueueName) => {
    if (!isWaiting(job)) waiting.push({ job, queueName });
  };

  return {
    waiting,
    getJobState: async (job) => (isWaiting(job) ? 'waiting' : 'gone'),
    isListed: async (job) => isWaiting(job),
    isWanted: async (queueName) => waiting.some((delivery) => delivery.queueName === queueName),
    isPaused: async () => false,
    async countJobs() {
      const counts = (name: QueueName) => ({
        waiting: waiting.filter(({ queueName }) => queueName === name).length,
        active: 0,
        delayed: 0,
        oldestWaitingSeconds: 0,
      });
      return { first: counts('first'), rest: counts('rest') };
    },
    enqueue,
    enqueueInBackground: (job, queueName) => void enqueue(job, queueName),
    ping: async () => {},
    close: async () => {},
    dashboardQueues: () => [],
  };
}
