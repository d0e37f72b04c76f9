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
  /** How long faults last, as a part of what their files say. */
  scale: number;
  /** How many times as long as promised a recovery, or the end of a process, may take. */
  patience: number;
  /** Faults that have not begun by then are left out. */
  untilMs: number;
}

/** Takes over sooner, sweeps more often and cuts smaller than the defaults, so that more happens in a minute. */
const QUICK_SETTINGS = {
  JOB_LOCK_MS: '1500',
  STALLED_CHECK_MS: '500',
  SWEEP_MS: '400',
  SHUTDOWN_GRACE_MS: '2500',
  BATCH_SIZE: '250',
  TIME_SLICE_MS: '40',
};
/** What the defaults promise is measured with the defaults. */
const WITH_DEFAULTS = ['worker killed before its batch lands', 'redis: FLUSHALL'];
export const DEFAULT_SETTINGS = 'default settings';

/** Of two faults at once, in a round. */
const PAIRS = 4;

const SHORT_SCALE = 0.3;
/** Runs where others' load can't be helped: it finds what does not recover, not what recovers late. */
const SHORT_PATIENCE = 4;
const SHORT_TOTAL_MS = 225_000;
/** Of a round: until its processes run, and for the verdict. */
const AROUND_A_ROUND_MS = 15_000;

/** The seed decides what comes, in which order, and with which requests. */
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
      const leftMs = startedAt + SHORT_TOTAL_MS - Date.now();
      const untilMs = Date.now() + leftMs / (backends.length - index) - AROUND_A_ROUND_MS;
      const kind = `round ${number + 1}`;
      yield {
        ...unlimited,
        ...(isShort && { untilMs }),
        kind,
        backend,
        faults,
        settings: QUICK_SETTINGS,
        random,
      };
    }
    if (minutes === null || Date.now() - startedAt > minutes * 60_000) return;
  }
}
