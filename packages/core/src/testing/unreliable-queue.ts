import type { JobData, QueueName } from '../jobs/job.ts';
import type { JobState, RegistrationQueue } from '../jobs/registration-queue.ts';
import { createMemoryQueue, type Delivery } from './memory-queue.ts';
import type { Random } from './random.ts';

export interface Unreliability {
  /** How many of the jobs are lost. */
  lost: number;
  /** How often a job is delivered, at most. */
  copies: number;
  /** How often it says at random where a job is. */
  lies: number;
}

/** Delivers jobs in any order, several times or never, and lies about them. */
export interface UnreliableQueue extends RegistrationQueue {
  /** Waits for a job; null when the queue is closed. */
  take(): Promise<Delivery | null>;
  loseAll(): void;
}

const JOB_STATES: readonly JobState[] = ['waiting', 'taken', 'gone'];

export function createUnreliableQueue(
  random: Random,
  { lost, copies, lies }: Unreliability,
): UnreliableQueue {
  const honest = createMemoryQueue();
  const takers: Array<(delivery: Delivery | null) => void> = [];
  let isClosed = false;

  const deliver = (delivery: Delivery) => {
    const taker = takers.shift();
    if (taker) taker(delivery);
    else honest.waiting.push(delivery);
  };
  const enqueue = async (job: JobData, queueName: QueueName) => {
    if (random.chance(lost)) return;
    for (let copy = random.between(1, copies); copy > 0; copy -= 1) deliver({ job, queueName });
  };

  return {
    ...honest,
    enqueue,
    enqueueInBackground: (job, queueName) => void enqueue(job, queueName),
    getJobState: async (job) => (random.chance(lies) ? random.pick(JOB_STATES) : honest.getJobState(job)),

    async take() {
      const at = random.between(0, Math.max(0, honest.waiting.length - 1));
      const [delivery] = honest.waiting.splice(at, 1);
      if (delivery || isClosed) return delivery ?? null;
      return new Promise((resolve) => takers.push(resolve));
    },

    loseAll() {
      honest.waiting.length = 0;
    },

    async close() {
      isClosed = true;
      for (const taker of takers.splice(0)) taker(null);
    },
  };
}
