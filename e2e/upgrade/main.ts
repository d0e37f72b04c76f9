// `npm run test:upgrade -- REF`: a rolling upgrade from the release REF to this one, and back, under load.

import { rmSync } from 'node:fs';
import { chmod, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { migrate } from '@bulk/core';
import { createRandom } from '@bulk/core/testing';
import type { MemberName } from '../faults/fleet.ts';
import { judge } from '../faults/invariants.ts';
import { startLoad } from '../faults/load.ts';
import { QUICK_SETTINGS } from '../faults/plan.ts';
import { type Backend, createWorld, type World } from '../faults/world.ts';
import { buildRelease, type Release } from './release.ts';

const STEP_MS = 5_000;
const SEED = 1;

const [ref] = process.argv.slice(2);
if (ref === undefined) {
  console.error('Say which release to upgrade from: npm run test:upgrade -- TAG');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exitCode = await main(ref);

async function main(from: string): Promise<number> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'bulk-upgrade-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  await chmod(home, 0o755);
  // Also when it is interrupted.
  process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 10 }));
  console.log(`Building ${from}`);
  const release = await buildRelease(from, join(home, 'release'));
  let broken = 0;
  for (const backend of ['redis', 'postgres'] as const) broken += await upgrade(backend, release, home);
  return broken === 0 ? 0 : 1;
}

/** @returns how many promises were broken */
async function upgrade(backend: Backend, release: Release, home: string): Promise<number> {
  const world = await createWorld({
    backend,
    dir: join(home, backend),
    settings: QUICK_SETTINGS,
    patience: 4,
    migrateWith: (url) => release.migrate({ DATABASE_URL: url }),
  });
  try {
    const broken = await upgradeUnderLoad(world, release);
    for (const text of broken) console.log(`!!! ${backend}: ${text}`);
    return broken.length;
  } finally {
    await world.destroy({ keep: false });
  }
}

async function upgradeUnderLoad(world: World, release: Release): Promise<string[]> {
  const { actions, backend, config, fleet, journal } = world;
  const replace = async (name: MemberName, by: string | null) => {
    await fleet.stop(name, world.graceMs);
    await fleet.start(name, {}, by);
  };
  const step = async (what: string, run: () => Promise<unknown>) => {
    await run();
    await delay(STEP_MS);
    console.log(`${backend.padEnd(8)}  ${what}: ${journal.entries.length} registrations until now`);
  };

  for (const name of ['api', 'worker-1', 'worker-2'] as const) await fleet.start(name, {}, release.folder);
  const load = startLoad(actions, journal, createRandom(SEED));
  await step('the old release', async () => {});
  await step('its processes on the new tables', () => migrate(config));
  await step('one new worker beside an old one', () => replace('worker-1', null));
  await step('an old API with new workers', () => replace('worker-2', null));
  await step('all new', () => replace('api', null));
  await step('back: an old API', () => replace('api', release.folder));
  await step('back: an old worker beside a new one', () => replace('worker-1', release.folder));
  await step('all new again', async () => {
    await replace('worker-1', null);
    await replace('api', null);
  });
  await load.stop();

  const { broken, registrations, mentors, doubles, lost } = await judge(world);
  await fleet.stopAll(world.graceMs);
  const answers = [...journal.answers].map(([what, count]) => `${what}: ${count}`).toSorted();
  console.log(
    `${backend.padEnd(8)}  ${registrations} registrations, ${mentors} mentors, ${lost} lost, ${doubles} doubled`,
  );
  console.log(`${backend.padEnd(8)}  ${answers.join(', ')}`);
  const serverErrors = answers.filter((text) => / 5\d\d: /.test(text));
  return [...broken, ...fleet.broken, ...serverErrors.map((text) => `answered with an error: ${text}`)];
}
