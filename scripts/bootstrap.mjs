// What every `npm run …` does first: install, generate, build. Each step runs only when what it
// reads has changed since it last ran; with nothing to do the whole takes a few milliseconds.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { filesBelow, hashOfContents, hashOfWrites } from './lib/fingerprint.mjs';
import { withLock } from './lib/lock.mjs';

const stampFile = 'node_modules/.bootstrap.json';

assertNodeIsRecent();
process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
// --prefer-offline: without it npx asks the registry each time, and for a minute when there is no network.
const pnpm = ['npx', '--yes', '--prefer-offline', packageManager.split('+')[0]];
const workspaces = ['apps', 'packages'].flatMap((parent) =>
  readdirSync(parent)
    .map((name) => `${parent}/${name}`)
    .filter((folder) => existsSync(`${folder}/package.json`)),
);

const steps = [
  {
    name: 'install',
    title: 'Installing packages',
    command: [...pnpm, 'install', '--frozen-lockfile'],
    inputs: () => [
      process.platform,
      process.arch,
      process.versions.modules,
      hashOfContents([
        'pnpm-lock.yaml',
        'pnpm-workspace.yaml',
        'package.json',
        ...workspaces.map((folder) => `${folder}/package.json`),
      ]),
    ],
    outputs: () => [
      // Left behind by an `npm install`, which breaks what pnpm made.
      existsSync('node_modules/.package-lock.json'),
      workspaces.every((folder) => existsSync(`${folder}/node_modules`)),
    ],
  },
  {
    name: 'generate',
    title: 'Generating the database client',
    command: ['node_modules/.bin/prisma', 'generate'],
    inputs: () => [hashOfContents(['pnpm-lock.yaml', 'prisma.config.ts', 'prisma/schema.prisma'])],
    outputs: () => [existsSync('packages/core/src/database/generated/client.ts')],
  },
  {
    name: 'build',
    title: 'Building',
    command: [...pnpm, 'exec', 'turbo', 'run', 'build'],
    inputs: () => [
      hashOfContents([
        'pnpm-lock.yaml',
        'turbo.json',
        'tsconfig.base.json',
        'prisma/schema.prisma',
        ...sources(),
      ]),
    ],
    outputs: () => [hashOfWrites(workspaces.flatMap((folder) => filesBelow(`${folder}/dist`)))],
  },
];

if (steps.every(isDone)) process.exit(0);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
await withLock('.data/bootstrap.lock', {
  onWait: (pid) => report(`Waiting for the preparations of another process (${pid}) …\n`),
  work: async () => {
    for (const step of steps) if (!isDone(step)) await run(step);
  },
});

function isDone(step) {
  return readStamps()[step.name] === stamp(step.inputs(), step.outputs());
}

async function run(step) {
  const startedAt = Date.now();
  // Before: an edit made while the step runs is not in its result.
  const inputs = step.inputs();
  report(`${step.title} …`);
  const { code, output } = await execute(step.command);
  if (code !== 0) {
    report(` failed\n\n$ ${step.command.join(' ')}\n${output}\n`);
    process.exit(1);
  }
  report(` ${((Date.now() - startedAt) / 1_000).toFixed(1)} s\n`);
  const stamps = { ...readStamps(), [step.name]: stamp(inputs, step.outputs()) };
  writeFileSync(stampFile, JSON.stringify(stamps, null, 2));
}

function stamp(inputs, outputs) {
  return [...inputs, ...outputs].join(' ');
}

function execute([program, ...args]) {
  return new Promise((settle) => {
    let output = '';
    const child = spawn(program, args, { env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    process.once('exit', end);
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => settle({ code: 1, output: error.message }));
    child.once('close', (code) => {
      process.off('exit', end);
      settle({ code, output });
    });
  });
}

function environment() {
  const { NODE_ENV: _, ...env } = process.env; // "production" would leave out what the build needs
  return {
    ...env,
    CI: '1', // no questions
    CHECKPOINT_DISABLE: '1',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    TURBO_TELEMETRY_DISABLED: '1',
    npm_config_update_notifier: 'false',
  };
}

function sources() {
  const isSkipped = (name) => /^(node_modules|dist|generated|testing|\.turbo)$|\.test\.tsx?$/.test(name);
  return workspaces.flatMap((folder) => filesBelow(folder, isSkipped));
}

function readStamps() {
  try {
    return JSON.parse(readFileSync(stampFile, 'utf8'));
  } catch {
    return {};
  }
}

/** To standard error, so that the output of what is run stays its own. */
function report(text) {
  process.stderr.write(text);
}

function assertNodeIsRecent() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  report(`This project needs Node.js 20.19 or newer, and this is ${process.versions.node}.\n`);
  process.exit(1);
}
