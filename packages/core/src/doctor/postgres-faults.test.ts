import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChangedAnswers } from '../testing/changed-answers.ts';
import { startFreezableServer } from '../testing/freezable-server.ts';
import { examined, startInstallation } from '../testing/installation.ts';
import { waitFor } from '../testing/wait-for.ts';

// The last test stops the server.

let installation: Awaited<ReturnType<typeof startInstallation>>;
beforeAll(async () => {
  installation = await startInstallation();
});
afterAll(() => installation.stop());

const foundAt = (DATABASE_URL: string) => examined({ ...installation.env, DATABASE_URL });
const host = () => new URL(installation.env.DATABASE_URL).host;

test.each([
  ['error', '14'],
  ['warning', '19'],
])('a PostgreSQL that is too old or too new is told of: %s, %s', async (severity, major) => {
  const [{ number, name }] = (await installation.query(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  )) as [{ number: string; name: string }];
  const otherName = name.replace(/^\d+/, major);
  const server = await startChangedAnswers(installation.env.DATABASE_URL, {
    [number]: number.replace(/^\d\d/, major),
    [name]: otherName,
  });
  const findings = await foundAt(server.url);
  await server.close();
  expect(findings).toEqual([
    [severity, `This is PostgreSQL ${otherName}; the service is tested with 15 to 18.`],
  ]);
});

test('a migration of a newer release is a warning', async () => {
  await installation.query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at)
     values ('newer', '', '29990101000000_newer', now())`,
  );
  const findings = await foundAt(installation.env.DATABASE_URL);
  await installation.query(`delete from _prisma_migrations where id = 'newer'`);
  expect(findings).toEqual([
    ['warning', 'The database has the migration 29990101000000_newer, which this release does not know.'],
  ]);
});

test('a server that hangs is an error', async () => {
  const server = await startFreezableServer(installation.env.DATABASE_URL);
  server.freeze();
  const findings = await foundAt(server.url);
  await server.close();
  expect(findings).toEqual([
    ['error', expect.stringMatching(/^PostgreSQL at 127\.0\.0\.1:\d+ can't be reached: .*timeout/)],
  ]);
});

test('a server without a free connection is an error', async () => {
  const clients: pg.Client[] = [];
  const connect = async () => {
    const client = new pg.Client({ connectionString: installation.env.DATABASE_URL });
    await client.connect();
    clients.push(client);
  };
  await expect(
    (async () => {
      for (;;) await connect();
    })(),
  ).rejects.toMatchObject({ code: '53300' });
  const findings = await foundAt(installation.env.DATABASE_URL);
  await Promise.all(clients.map((client) => client.end()));
  expect(findings).toEqual([['error', `PostgreSQL at ${host()} has no connection left.`]]);
});

test('a server that is stopping is an error', async () => {
  // It lets nobody in any more, and waits for those that are in.
  process.kill(Number.parseInt(readFileSync(join(installation.dataDir, 'postmaster.pid'), 'utf8'), 10));
  const [finding] = await waitFor(async () => {
    const findings = await foundAt(installation.env.DATABASE_URL);
    return findings.length > 0 && findings;
  });
  expect(finding).toEqual(['error', `PostgreSQL at ${host()} is starting or stopping.`]);
});
