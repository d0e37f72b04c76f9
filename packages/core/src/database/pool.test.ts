import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { PrismaPg } from '@prisma/adapter-pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FreezableServer, startFreezableServer } from '../testing/freezable-server.ts';
import { createTestDeps, type TestDeps, waitFor } from '../testing/index.ts';
import { PrismaClient } from './generated/client.ts';
import { createPool } from './pool.ts';

let deps: TestDeps;
let server: FreezableServer;
let pool: ReturnType<typeof createPool>;
let prisma: PrismaClient;

beforeEach(async () => {
  deps = await createTestDeps();
  server = await startFreezableServer(deps.config.databaseUrl);
  pool = createPool({ connectionString: server.url, max: 6, answerMs: 1_200 });
  prisma = new PrismaClient({ adapter: new PrismaPg(pool, { disposeExternalPool: true }) });
});
afterEach(async () => {
  await server.close();
  await prisma.$disconnect();
  await deps.close();
});

const select = () => prisma.$queryRaw`select 1 as one`;
const fillThePool = () => Promise.all(Array.from({ length: 6 }, select));

test('when a statement gets no answer, no other one waits for what lies idle', async () => {
  await fillThePool();
  expect(pool.idleCount).toBeGreaterThan(1);
  server.freezeOpen();
  await expect(select()).rejects.toThrow();
  expect(await select()).toEqual([{ one: 1 }]);
});

test('a transaction that gets no answer gives its connection up', async () => {
  await fillThePool();
  const silenced = prisma.$transaction(async (tx) => {
    await tx.$queryRaw`select 1`;
    server.freezeOpen();
    await tx.$queryRaw`select 2`;
  });
  await expect(silenced).rejects.toThrow();
  await waitFor(() => pool.totalCount === 0);
  expect(await select()).toEqual([{ one: 1 }]);
});

test('a statement that the server refuses costs no connection', async () => {
  await select();
  const [before] = await prisma.$queryRaw<[{ pid: number }]>`select pg_backend_pid() as pid`;
  await expect(
    prisma.$transaction(async (tx) => {
      await tx.$queryRaw`select 1 / 0`;
    }),
  ).rejects.toThrow();
  expect(await prisma.$queryRaw`select pg_backend_pid() as pid`).toEqual([before]);
});

test("options of the address hold together with the pool's own", async () => {
  const address = new URL(deps.config.databaseUrl);
  address.searchParams.set('options', '-c work_mem=7MB -c enable_seqscan=on');
  const both = createPool({
    connectionString: address.href,
    max: 1,
    answerMs: 1_200,
    options: '-c enable_seqscan=off -c jit=off',
  });
  const { rows } = await both.query(
    `select current_setting('work_mem') as work_mem, current_setting('enable_seqscan') as enable_seqscan,
       current_setting('jit') as jit`,
  );
  await both.end();
  expect(rows).toEqual([{ work_mem: '7MB', enable_seqscan: 'off', jit: 'off' }]);
});

/** A message of PostgreSQL's protocol (its manual, chapter 54.7): type, length, content. */
function message(type: string, content: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + content.length);
  return Buffer.concat([Buffer.from(type), length, content]);
}

const LOGGED_IN = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const TERMINATED = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating connection\0\0'));

test('a connection that is terminated in the moment it is handed out fails its statement, not the process', async () => {
  const terminating = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.end(Buffer.concat([LOGGED_IN, READY, TERMINATED])));
  });
  await once(terminating.listen(0, '127.0.0.1'), 'listening');
  const { port } = terminating.address() as AddressInfo;
  const broken = createPool({
    connectionString: `postgres://nobody@127.0.0.1:${port}/none`,
    max: 1,
    answerMs: 1_200,
  });
  const connection = await broken.connect();
  await expect(connection.query('select 1')).rejects.toThrow(/not queryable|terminated/);
  connection.release();
  await broken.end();
  terminating.close();
});
