import { monotonicMs } from './clock.ts';

/** Runs once what is measured. Returns a rate or a duration. */
export type Contestant = () => Promise<number>;

export interface InTurn {
  /** Rounds that count. */
  rounds: number;
  /** Rounds before them that don't: connections are made, code is compiled, plans are cached. */
  warmUps?: number;
}

/**
 * The method of this benchmark: contestants run in turn, A B A B, on the same servers, so that other
 * load on the machine affects all of them alike. Returns the figures of each.
 */
export async function inTurn<Name extends string>(
  contestants: Record<Name, Contestant>,
  { rounds, warmUps = 1 }: InTurn,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const name of names) {
      const figure = await contestants[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** How many milliseconds it takes. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = monotonicMs();
  await run();
  return monotonicMs() - startedAt;
}

/** Runs something that does `count` things. @returns how many a second */
export async function ratePerSecond(count: number, run: () => Promise<unknown>): Promise<number> {
  return count / ((await timed(run)) / 1_000);
}

export function median(figures: readonly number[]): number {
  return percentile(figures, 50);
}

/** By the nearest rank: one of the figures, never something between two. */
export function percentile(figures: readonly number[], percent: number): number {
  if (figures.length === 0) throw new Error('no figures to take a percentile of');
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)]!;
}

/** Calls `run` for 0, 1, … `count` - 1, `width` of them at a time. */
export async function eachOf(
  count: number,
  width: number,
  run: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) {
      const index = next;
      next += 1;
      await run(index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
