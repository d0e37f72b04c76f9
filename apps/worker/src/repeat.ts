export interface Repeated {
  /** Starts no more, and resolves when the one at hand, if any, is over. */
  stop(): Promise<void>;
}

/**
 * Runs something at a steady pace, one after the other, until it is stopped. The next makes up for one that fails.
 *
 * @param run resolves to true when there is more to do, and the next should not wait
 */
export function repeat(
  run: (signal: AbortSignal) => Promise<boolean>,
  { everyMs, onError }: { everyMs: number; onError: (error: Error) => void },
): Repeated {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout;
  let current = Promise.resolve();

  const next = (waitMs: number) => {
    timer = setTimeout(() => {
      current = run(stopping.signal)
        .catch((error: Error) => {
          onError(error);
          return false;
        })
        .then((hasMore) => {
          if (!stopping.signal.aborted) next(hasMore ? 0 : everyMs);
        });
    }, waitMs);
  };
  next(everyMs);

  return {
    stop() {
      stopping.abort();
      clearTimeout(timer);
      return current;
    },
  };
}
