import { type Deps, quietly, sweep, withDeadline } from '@bulk/core';
import { CLOSE_MS } from './workers.ts';

export interface Sweeper {
  /** Resolves when the sweep at hand, if any, is over; rejects when that takes too long. */
  stop(): Promise<void>;
}

/** Sweeps at the configured pace until it is stopped; a failed sweep is made up for by the next. */
export function startSweeper(deps: Deps): Sweeper {
  const stopping = new AbortController();
  const onError = quietly(deps.log);
  let timer: NodeJS.Timeout;
  let current = Promise.resolve();

  const next = () => {
    timer = setTimeout(() => {
      current = sweep(deps, stopping.signal)
        .then(() => {}, onError)
        .then(() => {
          if (!stopping.signal.aborted) next();
        });
    }, deps.config.sweepMs);
  };
  next();

  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await withDeadline(current, CLOSE_MS, 'finishing the sweep');
    },
  };
}
