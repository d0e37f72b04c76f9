import { createRandom, type Random } from '@bulk/core/testing';
import type { Arguments } from './arguments.ts';
import type { Fault } from './fault.ts';
import { faultsOf, pairsOf } from './faults.ts';
import type { Backend } from './world.ts';

export interface PlannedRound {
  kind: string;
  backend: Backend;
  faults: Fault[];
  settings: Readonly<Record<string, string>>;
  random: Random;
  /** Factor on how long faults last. */
  scale: number;
  /** Factor on how long a recovery, or the end of a process, may take. */
  patience: number;
  /** Faults that have not begun by then are left out. */
  untilMs: number;
}

/** Jobs are taken over sooner, sweeps come more often and batches are smaller, so that more happens in a minute. */
export const QUICK_SETTINGS = {
  JOB_LOCK_MS: '1500',
  STALLED_CHECK_MS: '500',
  SWEEP_MS: '400',
  SHUTDOWN_GRACE_MS: '2500',
  BATCH_SIZE: '250',
  TIME_SLICE_MS: '40',
};
/** Measured with default settings too, for what they promise. */
const WITH_DEFAULTS = ['worker killed before its batch lands', 'redis: FLUSHALL'];
export const DEFAULT_SETTINGS = 'default settings';

/** How many pairs a round has. */
const PAIRS = 4;

const SHORT_SCALE = 0.3;
/** The machine may be busy: the short form finds what does not recover, not what recovers late. */
const SHORT_PATIENCE = 4;
const SHORT_TOTAL_MS = 130_000;
/** The part of a round before its first fault and after the last. */
const AROUND_A_ROUND_MS = 15_000;

/** The seed decides the faults, their order, and the requests. */
export function* planRounds({ seed, minutes, backends, fault, isShort }: Arguments): Generator<PlannedRound> {
  const startedAt = Date.now();
  const scale = isShort ? SHORT_SCALE : 1;
  const patience = isShort ? SHORT_PATIENCE : 1;
  const unlimited = { scale, patience, untilMs: Number.POSITIVE_INFINITY };
  for (const backend of fault === null ? backends : []) {
    const faults = faultsOf(backend, null).filter(({ name }) => WITH_DEFAULTS.includes(name));
    yield { ...unlimited, kind: DEFAULT_SETTINGS, backend, faults, settings: {}, random: createRandom(seed) };
  }
  for (let number = 0; ; number += 1) {
    for (const [index, backend] of backends.entries()) {
      const random = createRandom(seed + number).fork(backend);
      const faults = random.shuffled([
        ...faultsOf(backend, fault, { isShort }),
        ...pairsOf(backend, fault, random, isShort ? 1 : PAIRS),
      ]);
      const untilMs = endOfFaults(startedAt, backends.length - index);
      const limits = { ...unlimited, ...(isShort && { untilMs }) };
      yield { ...limits, kind: `round ${number + 1}`, backend, faults, settings: QUICK_SETTINGS, random };
    }
    if (minutes === null || Date.now() - startedAt > minutes * 60_000) return;
  }
}

/** Each of the rounds that are left gets the same part of the time that is left. */
function endOfFaults(startedAt: number, rounds: number): number {
  const leftMs = startedAt + SHORT_TOTAL_MS - Date.now();
  return Date.now() + leftMs / rounds - AROUND_A_ROUND_MS;
}
