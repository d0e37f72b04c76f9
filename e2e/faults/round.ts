import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Hits } from './fault.ts';
import { judge, type Verdict } from './invariants.ts';
import { type Load, startLoad } from './load.ts';
import type { PlannedRound } from './plan.ts';
import { probeFence, probeRings } from './probes.ts';
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
  /** All in all, recovery included. */
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
  let result = unfinished('The round did not get to its end.');
  try {
    result = await run(world, options);
  } catch (error) {
    result = unfinished(`The round broke off: ${(error as Error).stack}`);
  } finally {
    await world.destroy({ keep: result.findings.length > 0 });
  }
  return result;
}

async function run(world: World, options: RoundOptions): Promise<RoundResult> {
  const { journal, fleet } = world;
  await fleet.start('api');
  const findings = await probeFence(world);
  await fleet.startAll();
  findings.push(...(await probeRings(world)));

  const load = startLoad(world.actions, journal, options.random.fork('load'));
  const { strikes, skipped, stuck } = await strikeAll(world, load, options);
  await load.stop();
  const verdict = await judge(world);
  await fleet.stopAll(world.graceMs);
  return {
    ...verdict,
    findings: [...findings, ...stuck, ...verdict.findings, ...fleet.broken],
    strikes,
    skipped,
    answers: journal.answers,
  };
}

function unfinished(reason: string): RoundResult {
  const nothing = { registrations: 0, mentors: 0, doubles: 0, lost: 0 };
  return { ...nothing, findings: [reason], strikes: [], skipped: [], answers: new Map() };
}

async function strikeAll(world: World, load: Load, options: RoundOptions) {
  const { faults, random, untilMs, report } = options;
  const strikes: Strike[] = [];
  const skipped: string[] = [];
  const stuck: string[] = [];
  for (const fault of faults) {
    const reason = fault.impossible?.(world) ?? (Date.now() > untilMs ? 'no time was left for it' : null);
    if (reason !== null) {
      skipped.push(`${fault.name}: ${reason}`);
      continue;
    }
    const strike = await strikeOnce(world, load, fault, options);
    report(`${world.backend.padEnd(8)}  ${lineOf(strike)}`);
    strikes.push(strike);
    if (strike.stuck.length > 0) stuck.push(...strike.stuck.map((text) => `after "${fault.name}": ${text}`));
    await delay(random.between(0, 150));
  }
  return { strikes, skipped, stuck };
}

async function strikeOnce(
  world: World,
  load: Load,
  fault: Fault,
  { random, scale, patience }: RoundOptions,
): Promise<Strike & { stuck: string[] }> {
  const begunAt = performance.now();
  let struckAt: number | null = null;
  const hits = await fault.run({
    world,
    load,
    random: random.fork(fault.name),
    pause: (ms) => delay(ms * scale),
    struck: () => {
      struckAt = performance.now();
    },
  });
  await world.fleet.settled();
  const sinceMs = struckAt === null ? 0 : performance.now() - struckAt;
  const { ms, stuck } = await measureRecovery(world, load, (fault.boundMs ?? PROMISED_MS) * patience);
  await fault.afterwards?.(world);
  return { fault: fault.name, hits, recoveryMs: sinceMs + ms, tookMs: performance.now() - begunAt, stuck };
}

function lineOf({ fault, hits, recoveryMs, tookMs }: Strike): string {
  const seen = Object.entries(hits).map(([label, count]) => `${label} ${count}`);
  return `${fault.padEnd(58)} ${(recoveryMs / 1000).toFixed(1).padStart(5)} s of ${(tookMs / 1000).toFixed(1).padStart(5)} s  ${seen.join(', ')}`;
}
