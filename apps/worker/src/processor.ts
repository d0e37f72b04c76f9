import { DELAY_REASONS } from '@bulk/contract';
import {
  type Deps,
  type Lane,
  type Progress,
  parseMessage,
  percentOf,
  type QueuedMessage,
  RunDelayed,
  runMessage,
} from '@bulk/core';
import { UnrecoverableError } from 'bullmq';

/** Turns what became of a run into the queue's terms, and decides nothing else. */
export function createProcessor(deps: Deps, lane: Lane, signal: AbortSignal) {
  return async (queued: QueuedMessage): Promise<unknown> => {
    const message = parseMessage(queued.data);
    if (message === null) throw new UnrecoverableError('This is not a message of ours.');

    // In the entry lane one is done before anybody could look.
    const show = lane === 'slices' ? progressDisplay(queued) : () => {};
    const outcome = await runMessage(deps, message, { lane, signal, onProgress: show }).catch(asRetry);

    switch (outcome.kind) {
      case 'done':
        show(outcome.progress);
        return summaryOf(outcome.progress);
      case 'handed_over':
      case 'not_ours':
        // The dashboard keeps one line an attempt: that of the message that ended it.
        queued.opts.removeOnComplete = true;
        return null;
    }
  };
}

/** The queue shows and stores the error it is given, so that one says no more than an answer would. */
function asRetry(error: unknown): never {
  const reason = error instanceof RunDelayed ? error.reason : 'internal';
  const retry = new Error(DELAY_REASONS[reason]);
  retry.stack = retry.message;
  throw retry;
}

/** The dashboard draws `progress`, in percent. */
function summaryOf(at: Progress) {
  const { status, mentorCount, successCount, failureCount } = at;
  const progress = percentOf(at);
  return { status, mentors: mentorCount, succeeded: successCount, failed: failureCount, progress };
}

/** For the dashboard only, so nobody waits for it, and nobody minds when it fails. The latest comes last. */
function progressDisplay(queued: QueuedMessage): (progress: Progress) => void {
  let shown: Promise<void> = Promise.resolve();
  return (progress) => {
    shown = shown.then(() => queued.updateProgress(summaryOf(progress))).catch(() => {});
  };
}
