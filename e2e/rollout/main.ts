// `npm run test:rollout`: an installation for more than one machine, of which every part is restarted or lost under load.

import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '@bulk/core/testing';
import { runContract } from '../contract/contract-run.ts';
import { judge } from '../faults/invariants.ts';
import { startLoad } from '../faults/load.ts';
import { type RedisGroup, startCluster, startSentinelGroup } from '../operations/redis-groups.ts';
import { type Installation, install } from './installation.ts';

const STEP_MS = 4_000;
const SEED = 1;

interface Step {
  what: string;
  run: (installation: Installation) => Promise<unknown>;
  /** Nothing is away meanwhile, so no request may fail. */
  isSeamless?: boolean;
}

const RESTARTS: Step[] = [
  { what: 'nothing', run: async () => {}, isSeamless: true },
  { what: 'workers restarted in turn', run: (parts) => parts.restart('worker'), isSeamless: true },
  { what: 'API processes restarted in turn', run: (parts) => parts.restart('api'), isSeamless: true },
  { what: 'PgBouncer restarted', run: ({ pooler }) => pooler.restart() },
];
const PRIMARY_LOST: Step = { what: 'primary lost, standby promoted', run: (parts) => parts.failOver() };

const ROUNDS: Array<{ name: string; start: () => Promise<RedisGroup>; steps: Step[] }> = [
  {
    name: 'Cluster',
    start: startCluster,
    steps: [...RESTARTS, { what: 'each Redis master restarted without its data', run: restartMasters }],
  },
  {
    name: 'Sentinel',
    start: startSentinelGroup,
    steps: [
      ...RESTARTS,
      { what: 'Redis master lost', run: ({ redis }) => redis.members[0]!.kill() },
      PRIMARY_LOST,
    ],
  },
];

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exitCode = await main();

async function main(): Promise<number> {
  const home = await mkdtemp(join(await realpath(tmpdir()), 'bulk-rollout-'));
  // mkdtemp closes it to others, but root's PostgreSQL runs as another user.
  await chmod(home, 0o755);
  let broken = 0;
  for (const { name, start, steps } of ROUNDS) {
    const redis = await start();
    const installation = await install(join(home, name.toLowerCase()), redis);
    const texts = await runSteps(installation, name, steps);
    for (const text of texts.slice(0, 20)) console.log(`!!! ${name}: ${text}`);
    broken += texts.length;
    await installation.remove();
    await redis.stop();
  }
  if (broken === 0) await rm(home, { recursive: true, force: true });
  else console.log(`The logs are in ${home}`);
  return broken === 0 ? 0 : 1;
}

async function runSteps(installation: Installation, name: string, steps: readonly Step[]): Promise<string[]> {
  const { actions, journal } = installation;
  const contract = async (when: string) => {
    const wrong = await runContract(installation.url);
    console.log(`${name.padEnd(9)} ${`the contract ${when}`.padEnd(46)} wrong answers: ${wrong.length}`);
    return wrong.map((text) => `${when}: ${text}`);
  };
  const failed = await contract('before the failures');
  const load = startLoad(actions, journal, createRandom(SEED));
  for (const { what, run, isSeamless = false } of steps) {
    const before = new Map(journal.answers);
    await run(installation);
    await delay(STEP_MS);
    const seen = [...journal.answers].map(
      ([text, count]) => [text, count - (before.get(text) ?? 0)] as const,
    );
    const errors = seen.filter(([text, count]) => count > 0 && / (5\d\d|unknown|not-sent)$/.test(text));
    const asText = errors.map(([text, count]) => `${text}: ${count}`).join(', ');
    const total = seen.reduce((sum, [, count]) => sum + count, 0);
    console.log(`${name.padEnd(9)} ${what.padEnd(46)} ${total} requests; not answered: ${asText || 'none'}`);
    if (isSeamless && errors.length > 0) failed.push(`${what}: ${asText}`);
  }
  await load.stop();
  const { broken, registrations, mentors, doubles, lost } = await judge(installation);
  failed.push(...(await contract('after the failures')));
  await installation.stopProcesses();
  console.log(
    `${name.padEnd(9)} ${registrations} registrations, ${mentors} mentors, ${lost} lost, ${doubles} doubled`,
  );
  return [...failed, ...broken];
}

async function restartMasters({ redis }: Installation): Promise<void> {
  for (const member of redis.members) {
    await member.kill();
    await member.start();
  }
}
