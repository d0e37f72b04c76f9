import { TRANSIENT_ERRORS } from '@bulk/contract';
import {
  type Deps,
  jobSummaryOf,
  parseJobData,
  type QueuedJob,
  type QueueName,
  type RegistrationSnapshot,
  runJob,
  TransientJobError,
} from '@bulk/core';
import { UnrecoverableError } from 'bullmq';

/** Makes BullMQ's processor: turns the outcome of a job into the queue's terms, and decides nothing else. */
export function createProcessor(deps: Deps, queueName: QueueName, signal: AbortSignal) {
  return async (queued: QueuedJob): Promise<unknown> => {
    const job = parseJobData(queued.data);
    if (job === null) throw new UnrecoverableError('This is not a job of ours.');

    // A job of the queue `first` is done before anybody could look.
    const show = queueName === 'rest' ? progressDisplay(queued) : () => {};
    const outcome = await runJob(deps, job, { queueName, signal, onProgress: show }).catch(asRetry);

    switch (outcome.kind) {
      case 'done':
        show(outcome.snapshot);
        return jobSummaryOf(outcome.snapshot);
      case 'handed_over':
      case 'stale':
        // The dashboard keeps one line an attempt: that of the job that ended it.
        queued.opts.removeOnComplete = true;
        return null;
    }
  };
}

/** Makes BullMQ retry the job. It shows and stores this error, so the text says no more than an answer would. */
function asRetry(error: unknown): never {
  const code = error instanceof TransientJobError ? error.code : 'internal';
  const retry = new Error(TRANSIENT_ERRORS[code]);
  retry.stack = retry.message;
  throw retry;
}

/** Sends progress to the dashboard, the latest last. Nobody waits for it, and it may fail. */
function progressDisplay(queued: QueuedJob): (snapshot: RegistrationSnapshot) => void {
  let shown: Promise<void> = Promise.resolve();
  return (snapshot) => {
    shown = shown.then(() => queued.updateProgress(jobSummaryOf(snapshot))).catch(() => {});
  };
}
