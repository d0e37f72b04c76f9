import { createHeartbeat, type Deps, HEARTBEAT_MS, quietly } from '@bulk/core';
import { type Repeated, repeat } from './repeat.ts';

/** Tells the others every few seconds that this worker lives, and how many results it has written. */
export function startHeartbeat({ db, log }: Deps, countResults: () => Promise<void>): Repeated {
  const onError = quietly(log, 'could not write that this worker lives');
  const beat = createHeartbeat(db.prisma);
  const run = async () => {
    await beat();
    await countResults();
    return false;
  };
  run().catch(onError);
  return repeat(run, { everyMs: HEARTBEAT_MS, onError });
}
