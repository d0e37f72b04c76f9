import { type Deps, quietly, sweep, withDeadline } from '@bulk/core';
import { repeat } from './repeat.ts';
import { CLOSE_MS } from './workers.ts';

export interface Sweeper {
  /** Resolves when the sweep at hand, if any, is over; rejects when that takes too long. */
  stop(): Promise<void>;
}

/** Sweeps at the configured pace until it is stopped; a failed sweep is made up for by the next. */
export function startSweeper(deps: Deps): Sweeper {
  const { config, log } = deps;
  const run = async (signal: AbortSignal) => {
    await sweep(deps, signal);
    return false;
  };
  const sweeps = repeat(run, { everyMs: config.sweepMs, onError: quietly(log) });
  return { stop: () => withDeadline(sweeps.stop(), CLOSE_MS, 'finishing the sweep') };
}
