// `npm run check`: everything that can be said about the code without running its tests. One line a
// check, then the whole output of each that failed.

import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

const checks = [
  {
    name: 'format and lint',
    commands: ['biome ci --error-on-warnings --max-diagnostics=100 --colors=off .'],
  },
  { name: 'lint with types', commands: ['oxlint --type-aware --deny-warnings'] },
  { name: 'types', commands: projects().map((project) => `tsc --noEmit --project ${project}`) },
  { name: 'unused code', commands: ['knip --no-progress --no-config-hints'] },
  {
    name: 'imports',
    commands: ['depcruise packages apps e2e bench --config .dependency-cruiser.cjs'],
    isPlausible: hasReadTypeScript,
  },
  { name: 'migrations', commands: ['squawk -c .squawk.toml prisma/migrations/*/migration.sql'] },
  { name: 'drift', commands: ['node scripts/check-drift.mjs'] },
  { name: 'OpenAPI', commands: ['redocly lint docs/openapi.json'] },
  { name: 'image', commands: ['node scripts/check-image.mjs'] },
];

const failed = [];
for (const check of checks) {
  const startedAt = Date.now();
  const { ok, output } = await run(check);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${check.name.padEnd(16)} ${seconds.padStart(5)} s`);
  if (!ok) failed.push({ name: check.name, output });
}
for (const { name, output } of failed) console.log(`\n--- ${name}\n${output.trim()}`);
process.exitCode = failed.length > 0 ? 1 : 0;

async function run({ commands, isPlausible = () => true }) {
  const results = [];
  for (const command of commands) results.push(await execute(command));
  const output = results.map((result) => result.output).join('');
  return { ok: results.every((result) => result.code === 0) && isPlausible(output), output };
}

/** @returns {Promise<{ code: number | null, output: string }>} code null: ended by a signal */
function execute(command) {
  const [program, ...args] = command.split(' ');
  const path = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return new Promise((settle, reject) => {
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, PATH: path, NO_COLOR: '1', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
    });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', collect);
    child.stderr.setEncoding('utf8').on('data', collect);
    child.on('error', reject).on('close', (code) => settle({ code, output }));
  });
}

/** Every tsconfig.json: they include the tests, which the builds leave out. */
function projects() {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  );
  return ['.', ...folders]
    .map((folder) => `${folder}/tsconfig.json`)
    .filter((file) => existsSync(join(root, file)));
}

/** With a TypeScript that it doesn't know dependency-cruiser skips every .ts file, and is content. */
function hasReadTypeScript(output) {
  return Number(/\((\d+) modules/.exec(output)?.[1] ?? /(\d+) modules/.exec(output)?.[1]) >= 20;
}
