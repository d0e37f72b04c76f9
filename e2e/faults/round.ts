import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Hits } from './fault.ts';
import { judge, type Verdict } from './invariants.ts';
import { type Load, startLoad } from './load.ts';
import type { PlannedRound } from './plan.ts';
import { probeEnqueue, probeFence } from './probes.ts';
import { measureRecovery, PROMISED_MS } from './recovery.ts';
import { createWorld, type World } from './world.ts';

export interface RoundOptions extends PlannedRound {
  dir: string;
  report: (line: string) => void;
}

export interface Strike {
  fault: string;
  hits: Hits;
  recoveryMs: number;
  /** In total, recovery included. */
  tookMs: number;
}

export interface RoundResult extends Verdict {
  strikes: Strike[];
  skipped: string[];
  answers: ReadonlyMap<string, number>;
}

/** One world from its creation to the verdict: one fault after the other, under load all the time. */
export async function runRound(options: RoundOptions): Promise<RoundResult> {
  const world = await createWorld(options);
  let keep = true;
  try {
    const result = await run(world, options);
    keep = result.broken.length > 0;
    return result;
  } catch (error) {
    const nothing = { registrations: 0, mentors: 0, doubles: 0, lost: 0 };
    const broken = [`The round broke off: ${(error as Error).stack}`];
    return { ...nothing, broken, strikes: [], skipped: [], answers: new Map() };
  } finally {
    await world.destroy({ keep });
  }
}

async function run(world: World, options: RoundOptions): Promise<RoundResult> {
  const { journal, fleet } = world;
  await fleet.start('api');
  const broken = await probeFence(world);
  await fleet.startAll();
  broken.push(...(await probeEnqueue(world)));

  const load = startLoad(world.actions, journal, options.random.fork('load'));
  const strikes: Strike[] = [];
  const skipped: string[] = [];
  for (const fault of options.faults) {
    const lateness = Date.now() > options.untilMs ? 'no time was left for it' : null;
    const reason = fault.impossible?.(world) ?? lateness;
    if (reason !== null) {
      skipped.push(`${fault.name}: ${reason}`);
      continue;
    }
    const { stuck, ...strike } = await strikeOnce(world, load, fault, options);
    options.report(`${world.backend.padEnd(8)}  ${lineOf(strike)}`);
    strikes.push(strike);
    broken.push(...stuck.map((text) => `after "${fault.name}": ${text}`));
    await delay(options.random.between(0, 150));
  }
  await load.stop();
  const verdict = await judge(world);
  await fleet.stopAll(world.graceMs);
  broken.push(...verdict.broken, ...fleet.broken);
  return { ...verdict, broken, strikes, skipped, answers: journal.answers };
}

async function strikeOnce(
  world: World,
  load: Load,
  fault: Fault,
  { random, scale, patience }: RoundOptions,
): Promise<Strike & { stuck: string[] }> {
  const begunAt = performance.now();
  const pause = (ms: number) => delay(ms * scale);
  const hits = await fault.run({ world, load, random: random.fork(fault.name), pause });
  await world.fleet.settled();
  // Recovery counts from the last kill; without one, from the end of the fault.
  const { lastKillAt } = world.fleet;
  const sinceMs = lastKillAt > begunAt ? performance.now() - lastKillAt : 0;
  const { ms, stuck } = await measureRecovery(world, load, (fault.boundMs ?? PROMISED_MS) * patience);
  await fault.afterwards?.(world);
  return { fault: fault.name, hits, recoveryMs: sinceMs + ms, tookMs: performance.now() - begunAt, stuck };
}

function lineOf({ fault, hits, recoveryMs, tookMs }: Strike): string {
  const [recovery, took] = [recoveryMs, tookMs].map((ms) => secondsText(ms).padStart(7));
  return `${fault.padEnd(58)} ${recovery} of ${took}  ${hitsText(hits)}`;
}

export function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

export function hitsText(hits: Hits): string {
  return Object.entries(hits)
    .map(([label, count]) => `${label} ${count}`)
    .join(', ');
}
