import type { Random } from '@bulk/core/testing';
import type { Fault } from './fault.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { drawPairs } from './pair-faults.ts';
import { POSTGRES_FAULTS } from './postgres-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { REDIS_FAULTS } from './redis-faults.ts';
import { START_FAULTS } from './start-faults.ts';
import { WIRE_FAULTS } from './wire-faults.ts';
import { WORKER_FAULTS } from './worker-faults.ts';
import type { Backend } from './world.ts';

const FAULTS: readonly Fault[] = [
  ...PROCESS_FAULTS,
  ...WORKER_FAULTS,
  ...WIRE_FAULTS,
  ...NETWORK_FAULTS,
  ...POSTGRES_FAULTS,
  ...REDIS_FAULTS,
  ...START_FAULTS,
];

/** The faults that a backend can have and whose name contains `part`. */
export function faultsOf(backend: Backend, part: string | null, { isShort = false } = {}): Fault[] {
  return FAULTS.filter(
    ({ name, only = backend, isLong = false }) =>
      only === backend && name.includes(part ?? '') && !(isShort && isLong),
  );
}

/** Random pairs of faults that a backend can have; of these, those whose name contains `part`. */
export function pairsOf(backend: Backend, part: string | null, random: Random, count: number): Fault[] {
  return drawPairs(faultsOf(backend, null), random, count).filter(({ name }) => name.includes(part ?? ''));
}
