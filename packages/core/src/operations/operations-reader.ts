import type { OperationsResponse } from '@bulk/contract';
import { cached } from '../cached.ts';
import { withDeadline } from '../deadline.ts';
import type { Deps } from '../deps.ts';
import { findProcessing } from '../progress/processing.ts';
import { listWorkers } from '../workers/list-workers.ts';
import { readFailures, readThroughput } from './result-counts.ts';

/**
 * Makes a function that tells how the service is doing: workers, queue, throughput and failures. Whoever asks, the
 * database and the queue are asked once in two seconds.
 *
 * @throws transient errors of the database
 */
export function createOperationsReader(deps: Pick<Deps, 'db' | 'queue'>): () => Promise<OperationsResponse> {
  return cached(() => readOperations(deps));
}

/** The page does not wait longer for a queue that does not answer. */
const QUEUE_DEADLINE_MS = 1_000;

async function readOperations({ db, queue }: Pick<Deps, 'db' | 'queue'>): Promise<OperationsResponse> {
  const [processing, { data: workers }, throughput, failures, queueState] = await Promise.all([
    findProcessing(db.prisma),
    listWorkers({ db }),
    readThroughput(db.prisma),
    readFailures(db.prisma),
    // A queue that does not answer is a part of the answer.
    withDeadline(readQueue(queue), QUEUE_DEADLINE_MS, 'asking the queue').catch(() => null),
  ]);
  return {
    at: new Date().toISOString(),
    workers,
    processing: { count: processing.count, oldest_seconds: Math.round(processing.oldestSeconds) },
    queue: queueState,
    throughput,
    failures,
  };
}

async function readQueue(queue: Deps['queue']): Promise<NonNullable<OperationsResponse['queue']>> {
  const [isPaused, jobs] = await Promise.all([queue.isPaused(), queue.countJobs()]);
  return {
    is_paused: isPaused,
    jobs: (['first', 'rest'] as const).map((name) => {
      const { waiting, active, delayed, oldestWaitingSeconds } = jobs[name];
      return {
        queue: name,
        waiting,
        active,
        delayed,
        oldest_waiting_seconds: Math.round(oldestWaitingSeconds),
      };
    }),
  };
}
