// `npm run test:faults`: breaks everything that can break between the processes and their servers,
// under load, and then checks every promise.

import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Arguments, readArguments, USAGE } from './arguments.ts';
import { planRounds } from './plan.ts';
import { type RoundSummary, summarize } from './report.ts';
import { runRound } from './round.ts';

// Ends what was started, by the listeners for 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
process.exit(await main(args()));

function args(): Arguments {
  try {
    return readArguments(process.argv.slice(2));
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function main(options: Arguments): Promise<number> {
  const startedAt = Date.now();
  const home = await makeHome();
  console.log(`seed ${options.seed}`);
  const rounds: RoundSummary[] = [];
  for (const planned of planRounds(options)) {
    const { backend, kind } = planned;
    console.log(`\n--- ${backend}, ${kind}`);
    const dir = join(home, `${rounds.length + 1}-${backend}`);
    const result = await runRound({ ...planned, dir, report: console.log });
    rounds.push({ backend, kind, ...result });
    for (const text of result.broken.slice(0, 20)) console.log(`!!! ${text}`);
    if (result.broken.length > 0 && options.minutes !== null) break;
  }

  const seconds = (Date.now() - startedAt) / 1_000;
  const isGood = summarize(rounds, { seconds, mustHitAll: options.fault === null && !options.isShort });
  if (isGood) await rm(home, { recursive: true, force: true });
  else console.log(`\nSeed ${options.seed}. The logs and what PostgreSQL had are in ${home}`);
  return isGood ? 0 : 1;
}

async function makeHome(): Promise<string> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'bulk-faults-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  await chmod(home, 0o755);
  return home;
}
