import { randomInt } from 'node:crypto';
import { type TestContext, test } from 'vitest';
import { createRandom, type Random } from './random.ts';

export interface Runs {
  runs: number;
  /** null: another one each time. */
  seed: number | null;
  timeoutMs: number;
  /** When to stop searching, so that what was found is told before the timeout. */
  timeLimitMs: number;
}

/**
 * How often a random test runs, and with what: `RACE_RUNS=20` makes twenty times as many runs of
 * the family RACE, and `RACE_SEED=7` gives every one of them that seed.
 */
export function readRuns(family: string, runs: number): Runs {
  const times = Number(process.env[`${family}_RUNS`] || 1);
  const seed = process.env[`${family}_SEED`];
  const timeoutMs = 60_000 * Math.max(1, times);
  return {
    runs: Math.max(1, Math.round(runs * times)),
    seed: seed ? Number(seed) : null,
    timeoutMs,
    timeLimitMs: timeoutMs / 2,
  };
}

/**
 * A test of many runs, each with other decisions. The seed decides who does what and in which
 * order it is asked for; how the answers interleave is up to the clock, so a seed that failed may
 * have to be run more than once: `RACE_SEED=7 RACE_RUNS=10`.
 */
export function raceTest(name: string, runs: number, race: (random: Random) => Promise<void>): void {
  const { runs: count, seed: given, timeoutMs } = readRuns('RACE', runs);
  test(name, { timeout: timeoutMs }, async ({ annotate }: TestContext) => {
    for (let run = 0; run < count; run += 1) {
      const seed = given ?? randomInt(2 ** 31);
      try {
        await race(createRandom(seed));
      } catch (cause) {
        await annotate(`seed ${seed}, run ${run + 1} of ${count}`);
        throw new Error(`To repeat: RACE_SEED=${seed} RACE_RUNS=10 npm test -- -t "${name}"`, { cause });
      }
    }
  });
}
