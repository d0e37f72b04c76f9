import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@bulk/core/testing';
import type { MemberName } from './fleet.ts';
import type { Stage, Verdict } from './interception.ts';
import type { Load } from './load.ts';
import type { Statement } from './postgres-wire.ts';
import type { Backend, World } from './world.ts';

/** What a fault really hit, by name: "mid-transaction": 2. */
export type Hits = Record<string, number>;

export interface FaultContext {
  readonly world: World;
  readonly load: Load;
  readonly random: Random;
  /** Scaled: shorter in the short form. */
  readonly pause: (ms: number) => Promise<void>;
  /** Recovery counts from the last call; without one, from the end of the fault. */
  readonly struck: () => void;
}

export interface Fault {
  readonly name: string;
  /** Missing: both. */
  readonly only?: Backend;
  /** Left out of the short form. */
  readonly isLong?: boolean;
  /** Why it can't be done here; null: it can. */
  readonly impossible?: (world: World) => string | null;
  /** From its end to progress; missing: what is promised for all. */
  readonly boundMs?: number;
  /** Injects and heals. */
  run(context: FaultContext): Promise<Hits>;
  /** When all has recovered: ends what only time would end, so that it is not in the way of others. */
  afterwards?(world: World): Promise<void>;
}

export interface NextStatement {
  on: readonly MemberName[];
  statement: Statement;
  at: 'request' | 'reply';
  /** Only those whose bytes hold this. */
  holding?: string;
  times?: number;
  /** Until then it must have come; else it counts as not hit. */
  withinMs?: number;
  act: (name: MemberName, stage: Stage) => Promise<Verdict> | Verdict;
}

/** Lies in wait for statements on the way to PostgreSQL. @returns how many there were */
export async function onNextStatement(world: World, next: NextStatement): Promise<number> {
  const { on, statement, at, holding = '', times = 1, withinMs = 6_000, act } = next;
  let left = times;
  let count = 0;
  let onEnough: () => void = () => {};
  const enough = new Promise<void>((resolve) => {
    onEnough = resolve;
  });
  const underWay = new Set<Promise<unknown>>();
  const traps = on.map((name) =>
    world.links[name].postgres.intercept({
      statement,
      at,
      holding,
      times,
      async act(stage) {
        if (left <= 0) return 'pass';
        left -= 1;
        const acting = Promise.resolve(act(name, stage));
        underWay.add(acting);
        // Thrown below, when all that is under way is over.
        acting.catch(() => {});
        const verdict = await acting;
        count += 1;
        if (count === times) onEnough();
        return verdict;
      },
    }),
  );
  await Promise.race([enough, delay(withinMs)]);
  for (const trap of traps) trap.disarm();
  left = 0;
  await Promise.all(underWay);
  return count;
}

let mentorsMade = 0;

/** Mentors that no other registration has. */
export function ownMentors(count: number): string[] {
  mentorsMade += 1;
  return Array.from({ length: count }, (_, index) => `own-${mentorsMade}-${index}`);
}

/** What the statements of one attempt's batches, and no others, hold: their first two parameters. */
export function parametersOf(registrationId: bigint, attempt: number): string {
  return [registrationId, attempt]
    .map(String)
    .map((text) => String.fromCharCode(0, 0, 0, text.length) + text)
    .join('');
}

/** Counts what a worker is at, a moment before something happens to it. */
export async function stateOfWork(world: World, name: MemberName, hits: Hits): Promise<void> {
  const isMidSlice = await world.db.prisma.bulkRegistration.count({
    where: { status: 'processing', OR: [{ successCount: { gt: 0 } }, { failureCount: { gt: 0 } }] },
  });
  const isMidStatement = world.links[name].postgres.countUnderWay('batch') > 0;
  const elsewhere = isMidSlice > 0 ? 'mid-slice' : 'idle';
  const state = isMidStatement ? 'mid-statement' : elsewhere;
  hits[state] = (hits[state] ?? 0) + 1;
}
