import { type Helper, startHelper } from '../helper.ts';

/** A peer's worker in a process of its own, as ours is. Its end of this is count-jobs.ts. */
export interface PeerWorker {
  /** Resolves when it has done as many jobs from now on, with the instant of the last one (`monotonicMs`). */
  done(count: number): Promise<number>;
  stop(): Promise<void>;
}

/** @param script beside this file */
export async function startPeerWorker(script: string, args: readonly string[]): Promise<PeerWorker> {
  const helper: Helper<{ count: number }, number> = await startHelper(`peers/${script}`, args);
  return {
    done: (count) => helper.ask({ count }),
    stop: () => helper.stop(),
  };
}
