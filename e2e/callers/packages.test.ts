import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The packages as they are published: packed, unpacked into an empty project, and used. They need the build.

interface Manifest {
  version: string;
  packageManager: string;
  dependencies: Record<string, string>;
}
const PACKAGES = { contract: 'packages/contract', client: 'packages/client', cli: 'apps/cli' };
const readManifest = (folder: string) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;

let project: string;
const modules = (name: string) => join(project, 'node_modules', name);
/** Without what `npm test` says of itself in the environment: npx would look for programs there. */
const env = { PATH: process.env.PATH, HOME: process.env.HOME };
const run = (program: string, ...args: string[]) =>
  execFileSync(program, args, { cwd: project, encoding: 'utf8', env });

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), 'bulk-packages-'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }');
  for (const [name, folder] of Object.entries(PACKAGES)) unpack(name, folder);
  link('@types/node', 'node_modules/@types/node');
  mkdirSync(modules('.bin'));
  symlinkSync('../@bulk/cli/bin/bulk.js', modules('.bin/bulk'));
});
afterAll(() => rmSync(project, { recursive: true }));

/** Packs a package and unpacks it, as an installation does. Its other dependencies are linked, not downloaded. */
function unpack(name: string, folder: string): void {
  const { packageManager, version } = readManifest('.');
  const pack = ['--yes', '--prefer-offline', packageManager, 'pack', '--pack-destination', project];
  execFileSync('npx', pack, { cwd: folder, stdio: 'pipe' });
  const target = modules(`@bulk/${name}`);
  mkdirSync(target, { recursive: true });
  run('tar', 'xzf', `bulk-${name}-${version}.tgz`, '--strip-components=1', '-C', target);
  const others = Object.keys(readManifest(target).dependencies).filter((each) => !each.startsWith('@bulk/'));
  for (const each of others) link(each, join(folder, 'node_modules', each));
}

function link(name: string, from: string): void {
  mkdirSync(dirname(modules(name)), { recursive: true });
  rmSync(modules(name), { force: true });
  symlinkSync(realpathSync(from), modules(name));
}

test.each(Object.keys(PACKAGES))('the manifest of %s says nothing of this workspace', (name) => {
  const manifest = readFileSync(modules(`@bulk/${name}/package.json`), 'utf8');
  expect(manifest).not.toMatch(/workspace:|@bulk\/source|"private"/);
  expect(JSON.parse(manifest)).toMatchObject({ license: 'MIT', engines: { node: '>=20.19' } });
});

test('the packages are imported, with their types', () => {
  const source = `
    import { createClient } from '@bulk/client';
    import { findMentors, readTable } from '@bulk/client/mentor-file';
    import { readSpreadsheet } from '@bulk/client/spreadsheet';
    import { type CreateRegistrationRequest, LIMITS, RegistrationDetails } from '@bulk/contract';
    import { BASE_PATH } from '@bulk/contract/plain';
    const request = { mentor_ids: ['m-1'] } satisfies Partial<CreateRegistrationRequest>;
    const client = createClient({ baseUrl: 'http://localhost:3000' });
    console.log(LIMITS.mentorsPerRegistration, request.mentor_ids[0], RegistrationDetails.type);
    console.log(BASE_PATH, typeof client.create, typeof findMentors, typeof readTable, typeof readSpreadsheet);
  `;
  writeFileSync(join(project, 'use.ts'), source);
  const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  run(resolve('node_modules/.bin/tsc'), ...options, 'use.ts');
  expect(run(process.execPath, 'use.js')).toBe(
    '100000 m-1 object\n/api/v1/bulk-registrations function function function function\n',
  );
});

test('npx bulk --version', () => {
  expect(run('npx', 'bulk', '--version')).toBe(`${readManifest('apps/cli').version}\n`);
});
