import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { examined, startInstallation } from '../testing/installation.ts';
import { waitFor } from '../testing/wait-for.ts';
import { spaceFindings } from './disk.ts';
import { examine } from './examine.ts';
import { envFile, nodeVersion } from './machine.ts';

let installation: Awaited<ReturnType<typeof startInstallation>>;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.stop());

const found = (settings: Record<string, string> = {}, options = {}) =>
  examined({ ...installation.env, ...settings }, options);

/** A role with few rights, which a test creates. */
const plainUser = () =>
  Object.assign(new URL(installation.env.DATABASE_URL), { username: 'plain', password: 'plain' }).href;

/** The setting is back before anything is compared. */
async function foundWith(name: string, value: string) {
  const isSet = async (expected: string) =>
    waitFor(async () => {
      const [row] = await installation.query(`select setting from pg_settings where name = '${name}'`);
      return row?.setting === expected;
    });
  const [{ setting: before }] = (await installation.query(
    `select setting from pg_settings where name = '${name}'`,
  )) as [{ setting: string }];
  await installation.set(name, value);
  await isSet(value);
  const findings = await found();
  await installation.set(name, before);
  await isSet(before);
  return findings;
}

test('nothing is wrong with a healthy installation', async () => {
  expect(await found()).toEqual([]);
});

test.each(['fsync', 'full_page_writes', 'synchronous_commit'])('%s = off is an error', async (name) => {
  expect(await foundWith(name, 'off')).toEqual([
    ['error', expect.stringContaining(`PostgreSQL runs with ${name} = off`)],
  ]);
});

test.each(['autovacuum', 'track_counts'])('%s = off is a warning', async (name) => {
  expect(await foundWith(name, 'off')).toEqual([
    ['warning', expect.stringContaining(`PostgreSQL runs with ${name} = off`)],
  ]);
});

test('a table without autovacuum is a warning', async () => {
  await installation.query('alter table activities set (autovacuum_enabled = false)');
  const findings = await found();
  await installation.query('alter table activities reset (autovacuum_enabled)');
  expect(findings).toEqual([['warning', expect.stringContaining('The table activities has autovacuum off')]]);
});

test.each([
  [
    'activities',
    `(id, mentor_id, activity_type, activity_date, duration_minutes, coordinator_id, bulk_registration_id)
     values (7, 'm', 't', '2026-01-01', 1, 'c', 1)`,
  ],
  [
    'bulk_registrations',
    `(id, coordinator_id, activity_type, activity_date, duration_minutes, mentor_count, override_duplicates,
       status, failure_count, completed_at)
     values (7, 'c', 't', '2026-01-01', 1, 1, false, 'failed', 1, now())`,
  ],
  ['registration_history', `(id, registration_id, action, actor) values (7, 1, 'deleted', 'ann')`],
  [
    'webhook_deliveries',
    `(id, registration_id, type, data, expires_at, status, finished_at)
     values (7, 1, 'registration.completed', '{}', now(), 'delivered', now())`,
  ],
])('a sequence behind its table %s is an error, with the command that mends it', async (table, row) => {
  await installation.query(`insert into ${table} ${row}`);
  const behind = await found();
  await installation.query(`select setval('${table}_id_seq', (select max(id) from ${table}))`);
  const mended = await found();
  await installation.query(`delete from ${table}`);
  await installation.query(`select setval('${table}_id_seq', 1, false)`);
  expect(behind).toEqual([['error', `The next id of ${table} is 1, which is taken: the largest one is 7.`]]);
  expect(mended).toEqual([]);
});

test('more connections than PostgreSQL lets in are a warning', async () => {
  expect(await found({ DATABASE_POOL_SIZE: '100' })).toEqual([
    ['warning', '1 API and 1 worker processes may open 232 connections, and PostgreSQL lets 197 in.'],
  ]);
  expect(await found({}, { workers: 4 })).toEqual([]);
  expect(await found({}, { workers: 5 })).toEqual([['warning', expect.stringContaining('216 connections')]]);
});

test.each([
  [5_000, 'behind'],
  [-5_000, 'ahead of'],
])('a clock that is %i ms off is a warning', async (ms, where) => {
  expect(await found({}, { now: () => Date.now() + ms })).toEqual([
    [
      'warning',
      expect.stringMatching(new RegExp(`^The clock of PostgreSQL is \\d.\\d s ${where} the clock`)),
    ],
  ]);
});

test('pending and failed migrations are errors', async () => {
  await installation.query(
    `update _prisma_migrations set finished_at = null where migration_name like '%_history'`,
  );
  const findings = await found();
  await installation.query('update _prisma_migrations set finished_at = now()');
  expect(findings).toEqual([
    ['error', expect.stringMatching(/^The migration \d+_history began and did not end\.$/)],
    ['error', expect.stringMatching(/^1 of \d+ migrations are not applied; the first one is \d+_history\.$/)],
  ]);
});

test('a database without tables is an error, and nothing else is asked of it', async () => {
  await installation.query('create database empty');
  const url = new URL(installation.env.DATABASE_URL);
  url.pathname = '/empty';
  expect(await found({ DATABASE_URL: url.href })).toEqual([
    ['error', expect.stringContaining('migrations are not applied')],
    ['error', 'The tables of the queue, in the schema bulk_queue, are missing, or of a newer release.'],
  ]);
});

test('a server that cannot be used is an error that says why, and never the password', async () => {
  const url = new URL(installation.env.DATABASE_URL);
  const changed = (change: Partial<URL>) => Object.assign(new URL(url), change).href;
  const [missing] = await found({ DATABASE_URL: changed({ pathname: '/nothing' }) });
  expect(missing).toEqual(['error', `PostgreSQL at ${url.host} has no database nothing.`]);
  const [nobody] = await found({ DATABASE_URL: changed({ password: 'hunter2' }) });
  expect(nobody).toEqual(['error', expect.stringContaining(`PostgreSQL at ${url.host} does not let us in`)]);
  const [away] = await found({ DATABASE_URL: changed({ port: '1', password: 'hunter2' }) });
  expect(away).toEqual(['error', expect.stringContaining("PostgreSQL at 127.0.0.1:1 can't be reached")]);
  expect(JSON.stringify([nobody, away])).not.toContain('hunter2');
});

test('a check without an answer is told of, and holds nothing up', async () => {
  await installation.query('begin');
  await installation.query('lock table bulk_registrations, api_keys');
  const findings = await found({ API_AUTH: 'keys' });
  await installation.query('rollback');
  const late = /^The doctor could not check the keys of the API: .*\.$/;
  expect(findings).toContainEqual(['warning', expect.stringMatching(late)]);
});

test('keys that end soon, and an API without a key, are told of', async () => {
  expect(await found({ API_AUTH: 'keys' })).toEqual([['error', expect.stringContaining('nobody is let in')]]);
  const add = (name: string, days: number) =>
    installation.query(
      `insert into api_keys (prefix, name, role, hash, salt, expires_at)
       values ('${name}', '${name}', 'viewer', '', '', now() + interval '${days} days 1 hour')`,
    );
  await add('late', 15);
  expect(await found({ API_AUTH: 'keys' })).toEqual([]);
  await add('soon', 13);
  expect(await found({ API_AUTH: 'keys' })).toEqual([
    ['warning', expect.stringContaining('The key soon ends in 13 days')],
  ]);
  expect(await found()).toEqual([]);
  await installation.query('delete from api_keys');
});

test('a registration that nobody works on is an error', async () => {
  await installation.query(
    `insert into bulk_registrations (coordinator_id, activity_type, activity_date, duration_minutes, mentor_count,
       override_duplicates, updated_at)
     values ('c', 't', '2026-01-01', 1, 1, false, now() - interval '2 minutes')`,
  );
  const withoutWorker = (when: string) => [
    ['error', `A registration is processing, bulk-001 first, and no worker has been seen ${when}.`],
  ];
  expect(await found()).toEqual(withoutWorker('in the last day'));
  await installation.query(
    `insert into workers (id, host_name, pid, version, seen_at)
     values (gen_random_uuid(), 'worker-1', 1, '1.0.0', '2026-03-28T08:00:00Z')`,
  );
  expect(await found()).toEqual(withoutWorker('since 2026-03-28T08:00:00.000Z'));
  await installation.query('update workers set seen_at = now()');
  expect(await found()).toEqual([
    ['error', 'A registration is processing without a job in the queue, and no worker adds one.'],
  ]);
  await installation.query('delete from bulk_registrations');
  await installation.query('delete from workers');
});

test('settings that let too many in are told of', async () => {
  const open = { HOST: '0.0.0.0', ADMIN_PASSWORD: 'correct horse' };
  expect(await found(open)).toEqual([['error', expect.stringContaining('API_AUTH is not set')]]);
  expect(await found({ ...open, API_AUTH: 'none' })).toEqual([
    ['warning', expect.stringContaining('whoever reaches HOST=0.0.0.0 may do everything')],
  ]);
  const jwt = { API_AUTH: 'keys', JWT_JWKS_URL: 'https://id', JWT_ISSUER: 'i', JWT_AUDIENCE: 'a' };
  expect(await found({ ...open, ...jwt })).toEqual([]);
  expect(await found({ ...open, ...jwt, ADMIN_PASSWORD: '' })).toEqual([
    ['warning', expect.stringContaining('ADMIN_PASSWORD is not set')],
  ]);
  const short = await found({ ...open, ...jwt, ADMIN_PASSWORD: 'hunter22' });
  expect(short).toEqual([['warning', 'ADMIN_PASSWORD has fewer than 12 characters.']]);
  expect(
    await found({ CORS_ORIGINS: 'http://app.example.com,http://localhost:5173,https://app.example.com' }),
  ).toEqual([['warning', expect.stringContaining('CORS_ORIGINS has http://app.example.com')]]);
});

test('a webhook that cannot be reached, or did not take events, is told of', async () => {
  const webhook = (WEBHOOK_URL: string) => ({ WEBHOOK_URL, WEBHOOK_SECRET: `whsec_${'ab1+'.repeat(8)}` });
  expect(await found(webhook('https://hooks.example.com'))).toEqual([]);
  expect(await found(webhook('http://hooks.example.com'))).toEqual([
    ['warning', expect.stringContaining('WEBHOOK_URL is not encrypted')],
  ]);
  expect(await found(webhook('https://169.254.169.254'))).toEqual([
    ['error', expect.stringContaining('WEBHOOK_URL is inside the private network')],
  ]);
  await installation.query(
    `insert into webhook_deliveries (registration_id, type, data, expires_at, created_at, status, finished_at)
     values
       (1, 'registration.completed', '{}', now(), now() - interval '2 hours', 'failed', now()),
       (1, 'registration.completed', '{}', now(), now() - interval '2 hours', 'pending', null)`,
  );
  expect(await found(webhook('https://hooks.example.com'))).toEqual([
    ['warning', 'Events that the webhook did not take within the last day: 1.'],
    ['warning', 'Events that have waited for the webhook for more than an hour: 1.'],
  ]);
  const withoutWebhook = await examine(installation.env, { api: 1, workers: 1 });
  expect(withoutWebhook[1]?.do).toBe(
    'Set WEBHOOK_URL and WEBHOOK_SECRET again, for the API and the workers.',
  );
  await installation.query('delete from webhook_deliveries');
});

test('each setting that is wrong is an error', async () => {
  expect(await found({ CORS_ORIGINS: '*', ADMIN_PASSWORD: 'short' })).toEqual([
    ['error', expect.stringContaining('ADMIN_PASSWORD')],
    ['error', expect.stringContaining('CORS_ORIGINS')],
  ]);
});

test('an .env that others can read is a warning', async () => {
  const file = join(inject('tempDir'), 'doctor.env');
  await writeFile(file, 'ADMIN_PASSWORD=secret', { mode: 0o600 });
  expect(await envFile(file)).toEqual([]);
  await chmod(file, 0o644);
  expect(await envFile(file)).toMatchObject([{ severity: 'warning' }]);
  expect(await envFile(join(inject('tempDir'), 'missing.env'))).toEqual([]);
});

test('an old Node is an error', () => {
  expect(['20.18.3', '18.20.0', '20.19.0', '24.0.0'].map((version) => nodeVersion(version).length)).toEqual([
    1, 1, 0, 0,
  ]);
});

test('disk that cannot be seen is a note, and nothing to worry about', async () => {
  await installation.query(`create role plain login password 'plain'`);
  await installation.query('grant select on all tables in schema public to plain');
  await installation.query('grant select on all sequences in schema public to plain');
  await installation.query('grant usage on schema bulk_queue to plain');
  await installation.query('grant select on all tables in schema bulk_queue to plain');
  const findings = await found({ DATABASE_URL: plainUser() });
  expect(findings).toEqual([['note', 'How much disk PostgreSQL has left is not known from here.']]);
});

test('little free disk is told of, by how little', () => {
  const GIB = 1024 ** 3;
  expect(spaceFindings({ free: 10 * GIB, total: 100 * GIB })).toEqual([]);
  expect(spaceFindings({ free: 4 * GIB, total: 100 * GIB })).toMatchObject([{ severity: 'warning' }]);
  expect(spaceFindings({ free: 0.2 * GIB, total: 1 * GIB })).toMatchObject([{ severity: 'error' }]);
});

test('the program says the worst by its exit code', async () => {
  const run = (settings: Record<string, string>, ...args: string[]) => {
    const program = join(import.meta.dirname, '../doctor-main.ts');
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', 'tsx', '--conditions=@bulk/source', program, ...args],
      { encoding: 'utf8', env: { PATH: process.env.PATH, ...installation.env, ...settings } },
    );
    return { status, stdout, stderr };
  };
  expect(run({})).toEqual({ status: 0, stdout: 'Nothing is wrong.\n', stderr: '' });
  // A note: what could not be found out.
  expect(run({ DATABASE_URL: plainUser() })).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/^note /),
  });
  expect(run({}, '--workers', '50')).toMatchObject({ status: 1, stdout: expect.stringMatching(/^warning /) });
  const away = run({ DATABASE_URL: 'postgresql://bulk:hunter2@127.0.0.1:1/bulk' });
  expect(away).toMatchObject({
    status: 2,
    stdout: expect.stringMatching(/^error {3}PostgreSQL at 127/),
    stderr: '',
  });
  expect(away.stdout).not.toContain('hunter2');
  const broken = run({ PORT: 'http' }, '--json');
  expect([broken.status, JSON.parse(broken.stdout)]).toEqual([
    2,
    { findings: [{ severity: 'error', what: expect.stringContaining('PORT'), do: expect.any(String) }] },
  ]);
  expect(run({}, '--api', 'many')).toMatchObject({ status: 2, stderr: expect.stringContaining('--api') });
});
