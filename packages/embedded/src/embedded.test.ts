import { fork, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, expect, inject, test, vi } from 'vitest';
import './testing/provided-context.ts';
import { findBinaries } from './binaries.ts';
import type { ClusterOptions } from './cluster.ts';
import { findFreePort } from './free-port.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './index.ts';
import { isServerOf } from './process.ts';
import { spawnServer } from './server-process.ts';
import { chooseServerUser } from './server-user.ts';
import { startServer } from './start-server.ts';
import { moveWithinReach } from './within-reach.ts';

/** Waits until the condition holds; while it throws it does not. */
const waitUntil = (condition: () => unknown) =>
  vi.waitFor(async () => expect(await condition()).toBeTruthy(), { timeout: 60_000, interval: 20 });

const isRoot = process.getuid?.() === 0;
const running: EmbeddedPostgres[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

test('data, password and its protection outlive a stop', async () => {
  const dataDir = newDataDir();
  const first = await start(dataDir);
  await query(first, 'create table kept as select 42 as answer');
  await first.stop();

  const second = await start(dataDir);
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }]);
  expect(new URL(second.url).password).toBe(new URL(first.url).password);
  expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
});

test('the server speaks UTF-8, sorts by bytes and lets 200 in, from this machine only', async () => {
  const server = await start(newDataDir());
  const [settings] = await query(
    server,
    `select current_setting('server_encoding') as encoding, datcollate as collation,
       current_setting('max_connections') as connections, current_setting('listen_addresses') as listens,
       current_setting('unix_socket_directories') as sockets
     from pg_database where datname = current_database()`,
  );
  expect(settings).toEqual({
    encoding: 'UTF8',
    collation: 'C',
    connections: '200',
    listens: '127.0.0.1',
    sockets: '',
  });
});

test('a server runs with fsync unless it is told that its data does not matter', async () => {
  const server = await startEmbeddedPostgres({ dataDir: newDataDir(), log: () => {} });
  running.push(server);
  expect(await query(server, 'show fsync')).toEqual([{ fsync: 'on' }]);
});

test('a second launcher is refused in plain words, and the first goes on', async () => {
  const dataDir = newDataDir();
  const first = await start(dataDir);
  await expect(start(dataDir)).rejects.toThrow(
    /Another `npm start` is running on the data in .*stop it first/s,
  );
  expect(await query(first, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of launchers that start at the same instant one gets the data', async () => {
  const dataDir = newDataDir();
  const outcomes = await Promise.allSettled([start(dataDir), start(dataDir), start(dataDir)]);
  const refusals = outcomes.flatMap((outcome) =>
    outcome.status === 'rejected' ? [String(outcome.reason)] : [],
  );
  expect(refusals).toHaveLength(2);
  for (const refusal of refusals) expect(refusal).toContain('Another `npm start` is running');
  expect(await query(running[0], 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a launcher whose server another one stopped before it was claimed is refused in plain words', async () => {
  const cluster = await makeStoppedCluster();
  const port = await findFreePort();
  const unclaimed = startServer({ cluster, port, password: 'not the one', log: () => {} });
  unclaimed.catch(() => {});
  await waitUntil(() => pidFileOf(cluster.dataDir).includes('ready'));
  process.kill(pidOf(cluster.dataDir), 'SIGINT');
  await expect(unclaimed).rejects.toThrow(/Another `npm start` is running/);
});

test('the last words of a server are its own, whoever started after it', async () => {
  const cluster = await makeStoppedCluster();
  const first = spawnServer(cluster, await findFreePort());
  await waitUntil(() => pidFileOf(cluster.dataDir).includes('ready'));
  const second = spawnServer(cluster, await findFreePort());
  await second.exited;
  expect(second.lastWords()).toContain('lock file "postmaster.pid" already exists');
  expect(first.lastWords()).toContain('ready to accept connections');
  await first.stop();
  expect(first.lastWords()).toContain('database system is shut down');
});

test('a killed server comes back by itself, at the same address and with its data', async () => {
  const dataDir = newDataDir();
  const server = await start(dataDir);
  await query(server, 'create table kept as select 42 as answer');
  const killed = pidOf(dataDir);
  process.kill(killed, 'SIGKILL');
  await waitUntil(() => (pidOf(dataDir) === killed ? null : query(server, 'select 1')));
  expect(await query(server, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a launcher that lost its connection still owns the data', async () => {
  const dataDir = newDataDir();
  const server = await start(dataDir);
  const owner = "from pg_stat_activity where application_name like 'launcher %'";
  const [before] = await query(server, `select pid ${owner}`);
  await query(server, `select pg_terminate_backend(pid) ${owner}`);
  await waitUntil(async () => {
    const [now] = await query(server, `select pid ${owner}`);
    return now && now.pid !== before?.pid;
  });
  await expect(start(dataDir)).rejects.toThrow(/Another `npm start`/);
});

test('the server of a killed launcher goes by itself when its last client has gone', async () => {
  const dataDir = newDataDir();
  const { launcher, url } = await forkLauncher(dataDir);
  const client = new pg.Client({ connectionString: adminUrl(url) });
  await client.connect();
  const pid = pidOf(dataDir);

  launcher.kill('SIGKILL');
  await waitUntil(() => refusesNewClients(url));
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  expect(isServerOf(pid, dataDir)).toBe(true);

  await client.end();
  await waitUntil(() => !isServerOf(pid, dataDir));
});

test('after a killed launcher the next start has the data at once', async () => {
  const dataDir = newDataDir();
  const { launcher, url } = await forkLauncher(dataDir);
  await query({ url }, 'create table kept as select 42 as answer');
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');

  const next = await start(dataDir);
  expect(await query(next, 'select answer from kept')).toEqual([{ answer: 42 }]);
});

test('a server that was left running without an owner is replaced', async () => {
  const cluster = await makeStoppedCluster();
  const orphan = spawnServer(cluster, await findFreePort());
  await waitUntil(() => pidFileOf(cluster.dataDir).includes('ready'));

  const server = await start(cluster.dataDir);
  expect(orphan.hasExited()).toBe(true);
  expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('a pid file that names a stranger is no obstacle', async () => {
  const dataDir = newDataDir();
  await (await start(dataDir)).stop();
  const stranger = spawn('sleep', ['60'], { ...chooseServerUser(dataDir) });
  await writeFile(join(dataDir, 'postmaster.pid'), `${stranger.pid}\n${dataDir}\n1\n1\n\n\n\nready\n`);
  try {
    await start(dataDir);
    expect(stranger.exitCode).toBe(null);
  } finally {
    stranger.kill();
  }
});

test('data of another PostgreSQL is left alone', async () => {
  const dataDir = newDataDir();
  await (await start(dataDir)).stop();
  await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
  await expect(start(dataDir)).rejects.toThrow(/was written by PostgreSQL 17, and this is PostgreSQL 18/);
});

test('a folder with other files in it is left alone', async () => {
  const dataDir = newDataDir();
  await mkdir(dataDir);
  await writeFile(join(dataDir, 'letter.txt'), 'dear reader');
  await expect(start(dataDir)).rejects.toThrow(/holds other files/);
  expect(await readFile(join(dataDir, 'letter.txt'), 'utf8')).toBe('dear reader');
});

test.runIf(isRoot)('data in a folder that the server may not enter is kept elsewhere', async () => {
  const closed = newDataDir();
  await mkdir(closed);
  await chmod(closed, 0o700);
  const server = await start(join(closed, 'data'));
  try {
    expect(server.dataDir.startsWith(closed)).toBe(false);
    expect(existsSync(join(server.dataDir, 'PG_VERSION'))).toBe(true);
    await expect(start(join(closed, 'data'))).rejects.toThrow(/Another `npm start`/);
  } finally {
    await server.stop();
    await rm(server.dataDir, { recursive: true });
  }
});

function newDataDir(): string {
  return join(inject('tempDir'), `embedded-${randomBytes(6).toString('hex')}`);
}

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, log: () => {}, durable: false });
  running.push(server);
  return server;
}

async function makeStoppedCluster(): Promise<ClusterOptions> {
  const dataDir = newDataDir();
  await (await start(dataDir)).stop();
  const user = chooseServerUser(dataDir);
  const { binaries } = await moveWithinReach(user, { binaries: await findBinaries(), dataDir }, () => {});
  return { binaries, user, dataDir, durable: false };
}

async function forkLauncher(dataDir: string) {
  const script = fileURLToPath(new URL('testing/launcher.ts', import.meta.url));
  const launcher = fork(script, [dataDir], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const [url] = (await once(launcher, 'message')) as [string];
  return { launcher, url };
}

function pidFileOf(dataDir: string): string {
  const path = join(dataDir, 'postmaster.pid');
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function pidOf(dataDir: string): number {
  return Number(pidFileOf(dataDir).split('\n')[0]);
}

function adminUrl(url: string): string {
  return url.replace(/bulk$/, 'postgres');
}

async function query(server: Pick<EmbeddedPostgres, 'url'> | undefined, statement: string) {
  const client = new pg.Client({ connectionString: adminUrl(server?.url ?? '') });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function refusesNewClients(url: string): Promise<boolean> {
  return query({ url }, 'select 1').then(
    () => false,
    () => true,
  );
}
