import type { Hits } from './fault.ts';
import type { World } from './world.ts';

const ANSWERS = ['submit 202', 'submit 503'];
/** A POST that waits for the queue would take two seconds, the deadline of an enqueue. */
const SLOW_MS = 1_900;

/** Counts the answers to POSTs from now on. Without its queue the service accepts them as fast as ever. */
export function watchSubmits(
  { journal }: World,
  { mustBeAccepted }: { mustBeAccepted: boolean },
): { answers(): Hits } {
  const count = (what: string) => journal.answers.get(what) ?? 0;
  const before = ANSWERS.map(count);
  journal.slowestSubmitMs = 0;
  return {
    answers() {
      const [accepted = 0, refused = 0] = ANSWERS.map((what, index) => count(what) - before[index]!);
      const slowestMs = Math.round(journal.slowestSubmitMs);
      if (mustBeAccepted && refused > 0)
        journal.breaks(`${refused} POSTs got a 503, and only the queue was away`);
      if (mustBeAccepted && slowestMs > SLOW_MS)
        journal.breaks(`a POST took ${slowestMs} ms, and only the queue was away`);
      return { 'POST 202': accepted, 'POST 503': refused, 'slowest ms': slowestMs };
    },
  };
}
