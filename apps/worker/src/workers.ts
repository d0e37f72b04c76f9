import { type Deps, LANES, type MessageWorker, openWorker, quietly, retryDelayMs } from '@bulk/core';
import { createProcessor } from './processor.ts';

/** Killed workers are made up for as often as it takes; the default of 1 would give the message up. */
const MAX_STALLS = 1_000;

/** How long a worker waits after a failed connection; BullMQ's default is 15 s, on the way down too. */
const RECONNECT_MS = 1_000;

/** One BullMQ worker a lane, so that no small registration waits for a slice of a large one. */
export function startWorkers(deps: Deps, signal: AbortSignal): MessageWorker[] {
  const { config, log } = deps;
  const concurrency = { entry: config.entryConcurrency, slices: config.sliceConcurrency };
  const onError = quietly(log);

  return LANES.map((lane) => {
    const worker = openWorker(config, lane, createProcessor(deps, lane, signal), {
      concurrency: concurrency[lane],
      lockDuration: config.messageLockMs,
      stalledInterval: config.stalledCheckMs,
      maxStalledCount: MAX_STALLS,
      runRetryDelay: RECONNECT_MS,
      settings: { backoffStrategy: retryDelayMs },
    });
    worker.on('error', onError);
    return worker;
  });
}
