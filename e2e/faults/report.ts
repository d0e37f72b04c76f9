import { hasHit } from './fault.ts';
import { DEFAULT_SETTINGS } from './plan.ts';
import { type RoundSummary, type Tally, tallyFaults } from './tally.ts';

const MAX_FINDINGS = 60;

/** Prints what was seen. @returns whether all is well */
export function summarize(
  rounds: readonly RoundSummary[],
  { seconds, mustHitAll }: { seconds: number; mustHitAll: boolean },
): boolean {
  const tallies = tallyFaults(rounds);
  console.log(`\n${'fault'.padEnd(58)} backend   times  recovery  what it hit`);
  for (const tally of tallies) console.log(lineOf(tally));

  const skipped = rounds.flatMap(({ backend, skipped: each }) => each.map((text) => `${backend}: ${text}`));
  for (const text of new Set(skipped)) console.log(`!!! NOT RUN on ${text}`);
  const missed = tallies.filter((tally) => !hasHit(tally.hits));
  for (const { fault, backend } of missed) console.log(`!!! HIT NOTHING on ${backend}: ${fault}`);

  const findings = rounds.flatMap(({ backend, kind, findings: each }) =>
    each.map((text) => `${backend}, ${kind}: ${text}`),
  );
  if (findings.length > 0) console.log(`\n${findings.length} broken promises`);
  for (const finding of findings.slice(0, MAX_FINDINGS)) console.log(`  ${finding}`);
  printFigures(rounds, seconds);
  return findings.length === 0 && (missed.length === 0 || !mustHitAll);
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

function lineOf({ fault, backend, times, longestRecoveryMs, hits }: Tally): string {
  const seen = Object.entries(hits).map(([label, value]) => `${label} ${value}`);
  const recovery = `${inSeconds(longestRecoveryMs)}`.padStart(8);
  return `${fault.padEnd(58)} ${backend.padEnd(8)}  ${String(times).padStart(5)}  ${recovery}  ${seen.join(', ')}`;
}

function longestRecovery(rounds: readonly RoundSummary[]): string {
  return inSeconds(
    Math.max(0, ...rounds.flatMap(({ strikes }) => strikes.map(({ recoveryMs }) => recoveryMs))),
  );
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** "submit 202: 512": how often each request was answered how. */
function answersOf(rounds: readonly RoundSummary[]): string {
  const totals = new Map<string, number>();
  for (const { answers } of rounds) {
    for (const [what, count] of answers) totals.set(what, (totals.get(what) ?? 0) + count);
  }
  const sorted = [...totals].toSorted(([a], [b]) => a.localeCompare(b));
  return sorted.map(([what, count]) => `${what}: ${count}`).join(', ');
}
