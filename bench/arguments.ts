import { parseArgs } from 'node:util';
import { BACKENDS, type Backend } from './world.ts';

export interface Arguments {
  backend: Backend;
  /** Names of families; null: all. */
  only: string[] | null;
  asJson: boolean;
  /** Where the API and the workers leave their CPU profiles; null: nowhere. */
  profileDir: string | null;
}

export const USAGE = `npm run bench -- [options]

  --only NAME,NAME    only these, printed and not written down
  --backend NAME      redis (default) or postgres: where the service's queue runs
  --json              print JSON and not tables
  --cpu-prof DIR      the API and the workers leave CPU profiles there`;

/** @throws Error in plain words */
export function readArguments(args: string[], names: readonly string[]): Arguments {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      backend: { type: 'string', default: 'redis' },
      json: { type: 'boolean', default: false },
      'cpu-prof': { type: 'string' },
    },
  });
  return {
    backend: oneOf('--backend', BACKENDS, values.backend),
    only: values.only?.split(',').map((name) => oneOf('--only', names, name)) ?? null,
    asJson: values.json,
    profileDir: values['cpu-prof'] ?? null,
  };
}

function oneOf<T extends string>(option: string, known: readonly T[], given: string): T {
  const found = known.find((name) => name === given);
  if (found === undefined) throw new Error(`${option} knows ${known.join(', ')}, not "${given}"`);
  return found;
}
