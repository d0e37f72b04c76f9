import { type Hits, hasHit, isDuration } from './fault.ts';
import { AND } from './pair-faults.ts';
import { DEFAULT_SETTINGS } from './plan.ts';
import { hitsText, type RoundResult, secondsText } from './round.ts';
import type { Backend } from './world.ts';

export interface RoundSummary extends RoundResult {
  backend: Backend;
  kind: string;
}

/** All strikes of one fault on one backend, over all rounds. */
interface Tally {
  fault: string;
  backend: Backend;
  times: number;
  longestRecoveryMs: number;
  hits: Hits;
}

const MAX_BROKEN = 60;
/** There are many random pairs: they count as one fault. */
const TWO_AT_ONCE = 'two at once, one that lasts and one that strikes';

/** Prints what was seen. @returns whether all is well */
export function summarize(
  rounds: readonly RoundSummary[],
  { seconds, mustHitAll }: { seconds: number; mustHitAll: boolean },
): boolean {
  const tallies = tallyFaults(rounds);
  console.log(`\n${'fault'.padEnd(58)} backend   times  recovery  what it hit`);
  for (const { fault, backend, times, longestRecoveryMs, hits } of tallies) {
    const columns = [fault.padEnd(58), backend.padEnd(9), String(times).padStart(5), ''];
    console.log(`${columns.join(' ')}${secondsText(longestRecoveryMs).padStart(9)}  ${hitsText(hits)}`);
  }
  const skipped = rounds.flatMap(({ backend, skipped: each }) => each.map((text) => `${backend}: ${text}`));
  for (const text of new Set(skipped)) console.log(`!!! NOT RUN on ${text}`);
  const missed = tallies.filter((tally) => !hasHit(tally.hits));
  for (const { fault, backend } of missed) console.log(`!!! HIT NOTHING on ${backend}: ${fault}`);

  const broken = rounds.flatMap(({ backend, kind, broken: each }) =>
    each.map((text) => `${backend}, ${kind}: ${text}`),
  );
  if (broken.length > 0) console.log(`\n${broken.length} broken promises`);
  for (const text of broken.slice(0, MAX_BROKEN)) console.log(`  ${text}`);
  printFigures(rounds, seconds);
  return broken.length === 0 && (missed.length === 0 || !mustHitAll);
}

function printFigures(rounds: readonly RoundSummary[], seconds: number): void {
  const total = (of: (round: RoundSummary) => number) => rounds.reduce((sum, round) => sum + of(round), 0);
  const withDefaults = rounds.filter(({ kind }) => kind === DEFAULT_SETTINGS);
  const figures = {
    'faults injected': total(({ strikes }) => strikes.length),
    registrations: total(({ registrations }) => registrations),
    mentors: total(({ mentors }) => mentors),
    doubles: total(({ doubles }) => doubles),
    lost: total(({ lost }) => lost),
    'longest recovery': `${longestRecovery(rounds)}, with default settings ${longestRecovery(withDefaults)}`,
    answers: answersOf(rounds),
    took: `${seconds.toFixed(0)} s`,
  };
  console.log('');
  for (const [name, figure] of Object.entries(figures)) console.log(`${name.padEnd(17)} ${figure}`);
}

function tallyFaults(rounds: readonly RoundSummary[]): Tally[] {
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

function longestRecovery(rounds: readonly RoundSummary[]): string {
  const all = rounds.flatMap(({ strikes }) => strikes.map(({ recoveryMs }) => recoveryMs));
  return secondsText(Math.max(0, ...all));
}

/** "submit 202: 512": how often each request got which answer. */
function answersOf(rounds: readonly RoundSummary[]): string {
  const totals = new Map<string, number>();
  for (const [what, count] of rounds.flatMap(({ answers }) => [...answers])) {
    totals.set(what, (totals.get(what) ?? 0) + count);
  }
  const sorted = [...totals].toSorted(([a], [b]) => a.localeCompare(b));
  return sorted.map(([what, count]) => `${what}: ${count}`).join(', ');
}
