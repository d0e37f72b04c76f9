import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { BASE_PATH, RegistrationState } from '@bulk/contract';
import { parseRegistrationId } from '@bulk/core';
import {
  createTestDeps,
  currentJob,
  mentors,
  runChain,
  runOnce,
  submit,
  type TestDeps,
  waitFor,
} from '@bulk/core/testing';
import { Ajv } from 'ajv';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import { EventStream } from '../events/event-stream.ts';
import type { App } from '../fastify-app.ts';
import { EventReader } from '../testing/event-reader.ts';

let deps: TestDeps;
let app: App;
let baseUrl: string;
beforeAll(async () => {
  const settings = { BATCH_SIZE: '2', MAX_WATCHERS: '5' };
  deps = await createTestDeps({ backend: 'memory', settings });
  [app, baseUrl] = await listen();
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

const readers: EventReader[] = [];
afterEach(() => Promise.all(readers.splice(0).map((reader) => reader.close())));

async function listen(): Promise<[App, string]> {
  const listening = await buildApp(deps);
  await listening.listen({ host: '127.0.0.1', port: 0 });
  const { port } = listening.server.address() as AddressInfo;
  return [listening, `http://127.0.0.1:${port}${BASE_PATH}`];
}

async function events(id: string, options: { lastEventId?: string; at?: string } = {}): Promise<EventReader> {
  const reader = await EventReader.connect(`${options.at ?? baseUrl}/${id}/events`, options);
  readers.push(reader);
  return reader;
}

let submissions = 0;

/** Each with mentors of its own. */
function submitted(count: number): Promise<string> {
  submissions++;
  return submit(deps, { mentor_ids: mentors(`r${submissions}`, count) });
}

const runBatch = async (id: string) => runOnce(deps, await currentJob(deps, id));

test('a whole run is told from its start to its end', async () => {
  const id = await submitted(5);
  const reader = await events(id);
  expect(reader.response.status).toBe(200);
  expect(Object.fromEntries(reader.response.headers)).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  const first = await reader.next();
  expect(reader.received.startsWith('retry: 2000\nid: ')).toBe(true);
  expect(first).toMatchObject({ name: 'progress', state: { id, success_count: 0 } });

  await runBatch(id);
  const second = await reader.until(({ state }) => state.success_count === 2);
  await runChain(deps, id);
  const rest = await reader.rest();
  const last = rest.at(-1);
  expect(last).toMatchObject({ name: 'end', state: { status: 'completed', success_count: 5 } });
  expect(rest.filter(({ name }) => name === 'end')).toHaveLength(1);

  const isState = new Ajv({ strict: false, validateFormats: false }).compile(RegistrationState);
  for (const event of [first, second, last]) {
    expect(isState(event?.state) || isState.errors).toBe(true);
    expect(Object.keys(event?.state ?? {})).toEqual(Object.keys(RegistrationState.properties));
  }
  const { etag } = (await app.inject({ url: `${BASE_PATH}/${id}` })).headers;
  expect(etag).toBe(`"${last?.id}.all"`);
});

test('who has seen the end is told to stop connecting; who has not is told the end', async () => {
  const id = await submitted(1);
  await runChain(deps, id);
  const [end, ...others] = await (await events(id)).rest();
  expect([end?.name, others]).toEqual(['end', []]);
  expect((await events(id, { lastEventId: end?.id ?? '' })).response.status).toBe(204);
  const [again] = await (await events(id, { lastEventId: '2.1.0.0.processing.0' })).rest();
  expect(again).toEqual(end);
});

test('who reconnects in the middle is told the newest state', async () => {
  const id = await submitted(5);
  const first = await (await events(id)).next();
  await runBatch(id);
  const again = await events(id, { lastEventId: first?.id ?? '' });
  expect(await again.next()).toMatchObject({ name: 'progress', state: { success_count: 2 } });
});

test('one that is deleted meanwhile is gone', async () => {
  const id = await submitted(5);
  const reader = await events(id);
  await reader.next();
  await deps.db.prisma.bulkRegistration.delete({ where: { id: parseRegistrationId(id) ?? 0n } });
  expect((await reader.rest()).at(-1)).toEqual({ id: null, name: 'gone', state: { id } });
  expect((await events(id)).response.status).toBe(404);
});

test('refusals are problems, before any stream begins', async () => {
  for (const [path, status] of [
    ['bulk-9999/events', 404],
    ['odd/events', 404],
    [`${await submitted(1)}/events?x=1`, 400],
  ] as const) {
    const answer = await fetch(`${baseUrl}/${path}`);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
    ]);
  }
});

test('one stream too many is a 503 that says when to try again', async () => {
  const id = await submitted(1);
  const open = await Promise.all(Array.from({ length: 5 }, () => events(id)));
  const refused = await events(id);
  expect([refused.response.status, refused.response.headers.get('retry-after')]).toEqual([503, '5']);
  await open[0]?.close();
});

test('HEAD opens no stream', async () => {
  const id = await submitted(1);
  for (let n = 1; n <= 6; n++) {
    const answer = await fetch(`${baseUrl}/${id}/events`, { method: 'HEAD' });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
  }
});

test('a service that stops ends its streams, and another one goes on with them', async () => {
  const [stopping, at] = await listen();
  const id = await submitted(5);
  const reader = await events(id, { at });
  await reader.next();
  await stopping.close();
  expect(await reader.rest()).toEqual([]);
  await runChain(deps, id);
  expect(await (await events(id)).next()).toMatchObject({ name: 'end' });
});

test('a stream stays open while the database is away, and goes on when it is back', async () => {
  const id = await submitted(5);
  const reader = await events(id);
  await reader.next();
  await deps.database.goAway();
  expect((await events(id)).response.status).toBe(503);
  await deps.database.comeBack();
  await waitFor(() => runChain(deps, id));
  expect((await reader.rest()).at(-1)).toMatchObject({ name: 'end', state: { success_count: 5 } });
});

test('clients that leave while their stream opens take no place, and leave nothing behind', async () => {
  const id = await submitted(1);
  const { port, pathname } = new URL(baseUrl);
  for (let round = 0; round < 300; round += 1) {
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET ${pathname}/${id}/events HTTP/1.1\r\nHost: a\r\n\r\n`);
    if (round % 3 > 0) await pause(round % 3);
    else await new Promise(setImmediate);
    if (round % 2) socket.resetAndDestroy();
    else socket.destroy();
  }
  // Counts those that are still referred to.
  await waitFor(async () => queryObjects(EventStream) === 0);
});
