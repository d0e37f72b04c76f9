import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '@bulk/core/testing';
import { type MemberName, WORKERS } from './fleet.ts';
import { type Interception, type Stage, Trap, type Verdict } from './interception.ts';
import type { Load } from './load.ts';
import type { Statement } from './postgres-wire.ts';
import type { Backend, World } from './world.ts';

/** How often a fault hit what, by name: "mid-transaction": 2. */
export type Hits = Record<string, number>;

/** A fault that hit nothing proves nothing. */
export function hasHit(hits: Hits): boolean {
  return Object.entries(hits).some(([label, value]) => !isDuration(label) && value > 0);
}

export function isDuration(label: string): boolean {
  return label.endsWith(' ms');
}

export interface FaultContext {
  readonly world: World;
  readonly load: Load;
  readonly random: Random;
  /** Waits; for a shorter time in the short form. */
  readonly pause: (ms: number) => Promise<void>;
}

export interface Fault {
  readonly name: string;
  /** Left out: both backends. */
  readonly only?: Backend;
  /** Not part of the short form. */
  readonly isLong?: boolean;
  /** Why it can't be done here; null: it can. */
  readonly impossible?: (world: World) => string | null;
  /** The longest time from its end to progress; left out: what is promised for all faults. */
  readonly boundMs?: number;
  /** Injects the fault and ends it. */
  run(context: FaultContext): Promise<Hits>;
  /** Runs after the recovery: ends what only time would end, so that it does not affect the next faults. */
  afterwards?(world: World): Promise<void>;
}

export interface NextStatement extends Omit<Partial<Interception<Statement>>, 'act'> {
  /** Left out: the workers. */
  on?: readonly MemberName[];
  /** If it has not come by then, it counts as not hit. */
  withinMs?: number;
  act: (name: MemberName, stage: Stage) => Promise<Verdict> | Verdict;
}

/** Acts on the next statements on their way to PostgreSQL, batches by default. @returns how many there were */
export async function onNextStatement(world: World, next: NextStatement): Promise<number> {
  const { on = WORKERS, statement = 'batch', at = 'request', withinMs = 6_000, act, ...others } = next;
  const trap = new Trap({ statement, at, ...others, act: (stage, name) => act(name as MemberName, stage) });
  for (const name of on) world.links[name].postgres.watch(trap);
  await Promise.race([trap.sprung, delay(withinMs)]);
  await trap.disarm();
  return trap.count();
}

/** A template tag: runs a query for one integer, `n`. */
export function selectInteger({ db }: World) {
  return async (query: TemplateStringsArray, ...values: unknown[]): Promise<number> => {
    const [row] = await db.prisma.$queryRaw<Array<{ n: number }>>(query, ...values);
    return row?.n ?? 0;
  };
}

let mentorsMade = 0;

/** Mentors that no other registration has. */
export function ownMentors(count: number): string[] {
  mentorsMade += 1;
  return Array.from({ length: count }, (_, index) => `own-${mentorsMade}-${index}`);
}

/** Bytes that only the statements of one attempt's batches contain: their first two parameters. */
export function parametersOf(registrationId: bigint, attempt: number): string {
  return [registrationId, attempt]
    .map(String)
    .map((text) => String.fromCharCode(0, 0, 0, text.length) + text)
    .join('');
}

/** Counts what a worker is doing, just before a fault hits it. */
export async function stateOfWork(world: World, name: MemberName, hits: Hits): Promise<void> {
  const startedRuns = await world.db.prisma.bulkRegistration.count({
    where: { status: 'processing', OR: [{ successCount: { gt: 0 } }, { failureCount: { gt: 0 } }] },
  });
  const isMidStatement = world.links[name].postgres.countUnderWay('batch') > 0;
  const elsewhere = startedRuns > 0 ? 'mid-run' : 'idle';
  const state = isMidStatement ? 'mid-statement' : elsewhere;
  hits[state] = (hits[state] ?? 0) + 1;
}
