import { type Hits, isDuration } from './fault.ts';
import { AND } from './pair-faults.ts';
import type { RoundResult } from './round.ts';
import type { Backend } from './world.ts';

export interface RoundSummary extends RoundResult {
  backend: Backend;
  kind: string;
}

/** What was seen of one fault on one backend, over all rounds. */
export interface Tally {
  fault: string;
  backend: Backend;
  times: number;
  longestRecoveryMs: number;
  hits: Hits;
}

/** Pairs are many and drawn by lot: they count as one. */
const TWO_AT_ONCE = 'two at once, one that lasts and one that strikes';

export function tallyFaults(rounds: readonly RoundSummary[]): Tally[] {
  const tallies = new Map<string, Tally>();
  for (const { backend, strikes } of rounds) {
    for (const { fault: name, hits, recoveryMs } of strikes) {
      const fault = name.includes(AND) ? TWO_AT_ONCE : name;
      const key = `${fault} ${backend}`;
      const tally = tallies.get(key) ?? { fault, backend, times: 0, longestRecoveryMs: 0, hits: {} };
      tally.times += 1;
      tally.longestRecoveryMs = Math.max(tally.longestRecoveryMs, recoveryMs);
      for (const [label, value] of Object.entries(hits)) {
        const before = tally.hits[label] ?? 0;
        tally.hits[label] = isDuration(label) ? Math.max(before, value) : before + value;
      }
      tallies.set(key, tally);
    }
  }
  return [...tallies].toSorted(([a], [b]) => a.localeCompare(b)).map(([, tally]) => tally);
}
