import { parseArgs } from 'node:util';
import type { Backend } from './world.ts';

export interface Arguments {
  seed: number;
  /** How long to go on with further rounds; null: each fault once on each backend. */
  minutes: number | null;
  backends: Backend[];
  /** Only faults whose name contains this; null: all. */
  fault: string | null;
  /** Fewer and shorter faults, at most four minutes, and longer limits for a busy machine. */
  isShort: boolean;
}

export const USAGE = `npm run test:faults -- [options]

  --seed N            the same order, durations and requests as the run that printed N
  --minutes M         go on with further rounds for M minutes
  --backend NAME      redis, postgres or both (default)
  --fault TEXT        only faults whose name contains TEXT
  --short             fewer faults, a third as long, all within four minutes; a recovery may
                      take four times as long, for a machine with other work`;

/** @throws Error in plain words */
export function readArguments(args: string[]): Arguments {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      minutes: { type: 'string' },
      backend: { type: 'string', default: 'both' },
      fault: { type: 'string' },
      short: { type: 'boolean', default: false },
    },
  });
  return {
    seed: numberFrom('--seed', values.seed) ?? Math.floor(Math.random() * 1_000_000),
    minutes: numberFrom('--minutes', values.minutes),
    backends: backendsFrom(values.backend),
    fault: values.fault ?? null,
    isShort: values.short,
  };
}

function backendsFrom(name: string): Backend[] {
  if (name === 'both') return ['redis', 'postgres'];
  if (name === 'redis' || name === 'postgres') return [name];
  throw new Error(`--backend must be redis, postgres or both, not "${name}"`);
}

function numberFrom(option: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const number = Number(text);
  if (!Number.isFinite(number) || number < 0) throw new Error(`${option} must be a number, not "${text}"`);
  return number;
}
