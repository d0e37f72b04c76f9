import { monotonicMs } from './clock.ts';

/** Runs once what is measured. Returns a rate, a duration, or several such figures. */
export type Contestant<Figure> = () => Promise<Figure>;

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
export async function inTurn<Name extends string, Figure = number>(
  contestants: Record<Name, Contestant<Figure>>,
  { rounds, warmUps = 1 }: InTurn,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(contestants) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as Figure[]])) as Record<Name, Figure[]>;
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const name of names) {
      const figure = await contestants[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

/** What one turn gave. */
export interface Metered {
  rate: number;
  cpuMs: number;
}

/** Runs a contestant that returns a rate. Returns also how much CPU time was used meanwhile, by its counter. */
export async function metered(cpuMs: () => number, run: Contestant<number>): Promise<Metered> {
  const before = cpuMs();
  const rate = await run();
  return { rate, cpuMs: cpuMs() - before };
}

/** The rates of turns, and the CPU time of rounds. */
export class Meter {
  readonly rates: number[] = [];
  readonly cpuMs: number[] = [];

  /** Of CPU time it takes the mean: Linux counts it in ticks of 10 ms, so a single turn says little. */
  addRound(turns: readonly Metered[]): void {
    this.rates.push(...turns.map(({ rate }) => rate));
    this.cpuMs.push(turns.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / turns.length);
  }
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
