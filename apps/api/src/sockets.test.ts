import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { BASE_PATH, CONTRACT_EXAMPLES } from '@bulk/contract';
import { createTestDeps, type TestDeps, waitFor } from '@bulk/core/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildApp } from './app.ts';
import type { App } from './fastify-app.ts';

const BODY = JSON.stringify(CONTRACT_EXAMPLES.createRequest);

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
  app = await buildApp(deps);
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

const open = new Set<Socket>();
afterEach(() => {
  for (const socket of open) socket.destroy();
  open.clear();
});

const port = () => (app.server.address() as AddressInfo).port;

async function openSocket(): Promise<Socket> {
  const socket = connect(port(), '127.0.0.1');
  open.add(socket);
  socket.on('error', () => open.delete(socket));
  await once(socket, 'connect');
  return socket;
}

/** In small groups: the backlog of a listening socket is short. */
async function openSockets(count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    sockets.push(
      ...(await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, openSocket))),
    );
  }
  return sockets;
}

/** What a well-behaved client wants meanwhile, each on a connection of its own. */
async function expectServed(): Promise<void> {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const url = `http://127.0.0.1:${port()}${BASE_PATH}`;
  const created = await fetch(url, { method: 'POST', headers, body: BODY });
  expect(created.status).toBe(202);
  const { id } = (await created.json()) as { id: string };
  const details = await fetch(`${url}/${id}`, { headers: { connection: 'close' } });
  expect([details.status, ((await details.json()) as { id: string }).id]).toEqual([200, id]);
}

test('headers, requests and connections that do not get on are given up after a time', () => {
  const { headersTimeout, requestTimeout, timeout, keepAliveTimeout } = app.server;
  expect({ headersTimeout, requestTimeout, timeout, keepAliveTimeout }).toEqual({
    headersTimeout: 30_000,
    requestTimeout: 60_000,
    timeout: 30_000,
    keepAliveTimeout: 72_000,
  });
});

test('a connection on which nothing moves is closed', async () => {
  const { timeout } = app.server;
  app.server.setTimeout(200);
  try {
    const silent = await openSocket();
    const halfway = await openSocket();
    halfway.write(
      `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
    );
    silent.resume();
    halfway.resume();
    await Promise.all([once(silent, 'close'), once(halfway, 'close')]);
  } finally {
    app.server.setTimeout(timeout);
  }
});

test('two thousand idle connections leave the others served', { timeout: 60_000 }, async () => {
  const sockets = await openSockets(2_000);
  await expectServed();
  expect(sockets.filter(({ destroyed }) => destroyed)).toEqual([]);
  await expectServed();
});

test('clients that send their headers bit by bit leave the others served', { timeout: 60_000 }, async () => {
  const sockets = await openSockets(300);
  for (const socket of sockets) socket.write(`GET ${BASE_PATH} HTTP/1.1\r\nHost: a\r\n`);
  for (let line = 0; line < 10; line += 1) {
    for (const socket of sockets) socket.write(`X-Line-${line}: ${line}\r\n`);
    await expectServed();
  }
});

test('clients that send their body bit by bit leave the others served, and are served in the end', {
  timeout: 60_000,
}, async () => {
  const sockets = await openSockets(300);
  const head = `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n`;
  for (const socket of sockets) socket.write(head);
  for (let at = 0; at < 10; at += 1) {
    for (const socket of sockets) socket.write(BODY.slice(at, at + 1));
    await expectServed();
  }
  const [patient] = sockets;
  patient?.setEncoding('utf8').write(BODY.slice(10));
  const [answer] = patient ? ((await once(patient, 'data')) as [string]) : [];
  expect(answer).toMatch(/^HTTP\/1\.1 202 /);
});

test('an upload that is broken off is the fault of the client, and no failure of ours in the log', async () => {
  const lines: Array<{ level: string; problem?: string }> = [];
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'];
  const log = {
    ...Object.fromEntries(
      levels.map((level) => [level, (fields: object) => void lines.push({ level, ...fields })]),
    ),
    child: () => log,
  };
  const logging = await buildApp({ ...deps, log: log as unknown as TestDeps['log'] });
  await logging.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((logging.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(
    `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`,
  );
  socket.destroySoon();
  const refusal = await waitFor(() => lines.find(({ problem }) => problem !== undefined));
  expect(refusal).toMatchObject({ level: 'info', problem: 'bad_request' });
  await logging.close();
});

test('clients that leave in the middle leave nothing behind', async () => {
  const before = await deps.db.prisma.bulkRegistration.count();
  const sockets = await openSockets(200);
  for (const [index, socket] of sockets.entries()) {
    const request = `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;
    socket.write(request.slice(0, 1 + Math.floor((index * (request.length - 2)) / sockets.length)));
    socket.resetAndDestroy();
  }
  await expectServed();
  expect(await deps.db.prisma.bulkRegistration.count()).toBe(before + 1);
});
