import { median } from './measure.ts';
import type { World } from './world.ts';

/** One line of the report. */
export interface Row {
  what: string;
  unit: string;
  ours: number;
  /** What ours is compared with; null: nothing. */
  against: string | null;
  theirs: number | null;
  /** ours / theirs */
  ratio: number | null;
  /** For the ratio where there is one, else for our figure; null: shown for information. */
  goal: string | null;
  verdict: 'met' | 'MISSED' | null;
  /** Why it was missed. */
  reason: string | null;
}

/** Rows that are measured together. */
export interface Family {
  /** For `--only`. */
  name: string;
  measure(world: World): Promise<Row[]>;
}

export interface Bound {
  sign: '≥' | '≤';
  limit: number;
}

export const atLeast = (limit: number): Bound => ({ sign: '≥', limit });
export const atMost = (limit: number): Bound => ({ sign: '≤', limit });

/**
 * Medians of both, and their ratio compared with the goal. `ifMissed` is written by hand once the cause
 * is known, and shown only while the goal is missed.
 */
export function compared(
  what: string,
  unit: string,
  ours: readonly number[],
  against: string,
  theirs: readonly number[],
  goal?: Bound,
  ifMissed?: string,
): Row {
  const [mine, other] = [median(ours), median(theirs)];
  const ratio = mine / other;
  return { what, unit, ours: mine, against, theirs: other, ratio, ...judge(ratio, ' ×', goal, ifMissed) };
}

/** The median compared with a goal in the same unit. */
export function figure(what: string, unit: string, ours: readonly number[], goal?: Bound): Row {
  const mine = median(ours);
  const alone = { against: null, theirs: null, ratio: null };
  return { what, unit, ours: mine, ...alone, ...judge(mine, ` ${unit}`, goal) };
}

function judge(measured: number, unit: string, goal?: Bound, ifMissed = 'No reason is known yet.') {
  if (goal === undefined) return { goal: null, verdict: null, reason: null };
  const isMet = goal.sign === '≥' ? measured >= goal.limit : measured <= goal.limit;
  const text = `${goal.sign} ${goal.limit}${unit}`;
  if (isMet) return { goal: text, verdict: 'met', reason: null } as const;
  return { goal: text, verdict: 'MISSED', reason: ifMissed } as const;
}
