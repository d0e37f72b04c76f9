// `npm run bench`: compares the service with the ceiling of the database and with what is usually
// built, on servers of its own. docs/performance.md has the method and the last results.

import { readArguments, USAGE } from './arguments.ts';
import { generateUsualClient } from './peers/usual-client.ts';
import { recordRun } from './records.ts';
import { describeRun, type Run, textOf } from './report.ts';
import type { Family, Row } from './row.ts';
import { fairness } from './rows/fairness.ts';
import { guarded } from './rows/guarded.ts';
import { keys } from './rows/keys.ts';
import { list } from './rows/list.ts';
import { memory } from './rows/memory.ts';
import { duplicates, mentors } from './rows/mentors.ts';
import { partitions } from './rows/partitions.ts';
import { parsing, polls } from './rows/polls.ts';
import { present } from './rows/present.ts';
import { details, pages } from './rows/results.ts';
import { retries } from './rows/retries.ts';
import { sharing } from './rows/sharing.ts';
import { idle, small } from './rows/small.ts';
import { undo } from './rows/undo.ts';
import { workers } from './rows/workers.ts';
import { createWorld } from './world.ts';

/** In the order of the report. */
const FAMILIES: readonly Family[] = [
  mentors,
  duplicates,
  workers,
  small,
  idle,
  fairness,
  sharing,
  polls,
  keys,
  guarded,
  parsing,
  details,
  pages,
  retries,
  undo,
  list,
  memory,
  present,
  partitions,
];

// Ends what was started, by the listeners for 'exit'.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));
const options = readOptions();
const run = await measure(FAMILIES.filter(({ name }) => options.only?.includes(name) ?? true));
console.log(options.asJson ? JSON.stringify(run, null, 2) : textOf(run));
if (options.only === null) await recordRun(run);

async function measure(families: readonly Family[]): Promise<Run> {
  const startedAt = Date.now();
  await generateUsualClient();
  const world = await createWorld(options.backend, nodeArgs());
  const rows: Row[] = [];
  try {
    for (const family of families) {
      const familyStartedAt = Date.now();
      rows.push(...(await family.measure(world)));
      await world.clear();
      report(`${family.name.padEnd(12)} ${secondsSince(familyStartedAt)} s`);
    }
  } finally {
    await world.end();
  }
  return describeRun(options.backend, secondsSince(startedAt), rows);
}

function nodeArgs(): string[] {
  const { profileDir } = options;
  return profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
}

function readOptions() {
  try {
    return readArguments(
      process.argv.slice(2),
      FAMILIES.map(({ name }) => name),
    );
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

/** To standard error: what is printed is the result alone. */
function report(line: string): void {
  console.error(line);
}

function secondsSince(ms: number): number {
  return Math.round((Date.now() - ms) / 1_000);
}
