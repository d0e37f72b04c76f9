import { median } from './measure.ts';
import type { World } from './world.ts';

/** One line of the report. */
export interface Row {
  what: string;
  unit: string;
  ours: number;
  /** What ours is held against; null: the figure speaks for itself. */
  against: string | null;
  theirs: number | null;
  /** ours / theirs */
  ratio: number | null;
  /** Of the ratio where there is one, else of our figure; null: shown for information. */
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

interface Judged {
  goal?: Bound;
  /** Written by hand once the cause is known. Shown only while the goal is missed. */
  ifMissed?: string;
}

export interface Comparison extends Judged {
  what: string;
  unit: string;
  ours: readonly number[];
  against: string;
  theirs: readonly number[];
}

/** Medians of both, and their ratio against the goal. */
export function compared({ what, unit, ours, against, theirs, ...judged }: Comparison): Row {
  const [mine, other] = [median(ours), median(theirs)];
  const ratio = mine / other;
  return { what, unit, ours: mine, against, theirs: other, ratio, ...judge(ratio, judged, ' ×') };
}

export interface Figure extends Judged {
  what: string;
  unit: string;
  ours: readonly number[];
}

/** The median against a goal in the same unit. */
export function figure({ what, unit, ours, ...judged }: Figure): Row {
  const mine = median(ours);
  return {
    what,
    unit,
    ours: mine,
    against: null,
    theirs: null,
    ratio: null,
    ...judge(mine, judged, ` ${unit}`),
  };
}

function judge(
  measured: number,
  { goal, ifMissed }: Judged,
  unit: string,
): Pick<Row, 'goal' | 'verdict' | 'reason'> {
  if (goal === undefined) return { goal: null, verdict: null, reason: null };
  const isMet = goal.sign === '≥' ? measured >= goal.limit : measured <= goal.limit;
  return {
    goal: `${goal.sign} ${goal.limit}${unit}`,
    verdict: isMet ? 'met' : 'MISSED',
    reason: isMet ? null : (ifMissed ?? 'No reason is known yet.'),
  };
}
