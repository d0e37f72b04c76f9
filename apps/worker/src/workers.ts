import {
  type Deps,
  openWorker,
  QUEUES,
  type QueuedJob,
  type QueueName,
  quietly,
  retryDelayMs,
  withDeadline,
} from '@bulk/core';
import { createProcessor } from './processor.ts';

export interface Workers {
  /**
   * Takes no more jobs and resolves when those that run are done. Rejects when that takes longer
   * than the grace period; what is not done then is rolled back by the server, and done by others.
   */
  stop(): Promise<void>;
}

/** How often a job may lose its worker. With BullMQ's default of 1 it would be given up. */
const MAX_STALLS = 1_000;

/** How long a worker waits after a failed connection; BullMQ's default is 15 s, on the way down too. */
const RECONNECT_MS = 1_000;

/** With nothing at hand closing is quick, unless the other side is away: then it may wait for ever. */
export const CLOSE_MS = 2_000;

/** Milliseconds for what is at hand. The rest of the grace period is for closing: the workers first, then all connections. */
export function graceMs({ shutdownGraceMs }: Deps['config']): number {
  return Math.max(CLOSE_MS, shutdownGraceMs - 2 * CLOSE_MS);
}

/** Starts one BullMQ worker a queue, so that no small registration waits for a large one. */
export function startWorkers(deps: Deps, signal: AbortSignal): Workers {
  const { config, log, metrics, tracing } = deps;
  const concurrency = { first: config.firstConcurrency, rest: config.restConcurrency };
  const onError = quietly(log);
  const atHand = new Set<Promise<unknown>>();

  const tracked = (queueName: QueueName) => {
    const process = createProcessor(deps, queueName, signal);
    return (queued: QueuedJob) => {
      const run = process(queued).finally(() => atHand.delete(run));
      atHand.add(run);
      return run;
    };
  };

  const workers = QUEUES.map((queueName) => {
    const worker = openWorker(config, queueName, tracked(queueName), {
      concurrency: concurrency[queueName],
      lockDuration: config.jobLockMs,
      stalledInterval: config.stalledCheckMs,
      maxStalledCount: MAX_STALLS,
      runRetryDelay: RECONNECT_MS,
      settings: { backoffStrategy: retryDelayMs },
      ...(tracing && { telemetry: tracing.queueTelemetry }),
    });
    worker.on('error', onError);
    metrics.stalledJobs.inc({ queue: queueName }, 0);
    worker.on('stalled', () => metrics.stalledJobs.inc({ queue: queueName }));
    return worker;
  });

  return {
    async stop() {
      const closed = Promise.all(workers.map((worker) => worker.close()));
      await withDeadline(Promise.allSettled(atHand), graceMs(config), 'finishing the batches at hand');
      await withDeadline(closed, CLOSE_MS, 'closing the workers');
    },
  };
}
