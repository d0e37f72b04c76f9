import { BASE_PATH, type Problem } from '@bulk/contract';
import { countInFlight } from '@bulk/core';
import {
  createApiKey,
  createTestDeps,
  mentors,
  registrationRequest,
  type TestDeps,
} from '@bulk/core/testing';
import type { LightMyRequestResponse } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
const apps: App[] = [];
beforeEach(async () => {
  deps = await createTestDeps({
    backend: 'memory',
    settings: {
      API_AUTH: 'keys',
      REQUESTS_PER_MINUTE: '1000',
      MENTORS_PER_DAY: '10',
      REGISTRATIONS_IN_FLIGHT: '3',
      TRUSTED_PROXIES: '127.0.0.1',
    },
  });
});
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close()));
  await deps.close();
});

async function start(changed: Partial<TestDeps['config']> = {}): Promise<App> {
  const app = await buildApp({ ...deps, config: { ...deps.config, ...changed } });
  apps.push(app);
  return app;
}

async function headersOf(name: string): Promise<{ authorization: string }> {
  const key = await createApiKey(deps.db, {
    name,
    role: 'coordinator',
    coordinatorIds: null,
    expiresAt: null,
  });
  return { authorization: `Bearer ${key}` };
}

/** Limits begin anew with each minute: what a new one began in the middle of is done again. */
async function withinOneMinute<T>(run: (minute: number) => Promise<T>): Promise<T> {
  const minuteNow = () => Math.floor(Date.now() / 60_000);
  for (;;) {
    const minute = minuteNow();
    const result = await run(minute);
    if (minute === minuteNow()) return result;
  }
}

const problemOf = (response: LightMyRequestResponse) => response.json<Problem>();

test('requests of one key are counted by all processes together, and of each key for itself', async () => {
  const [one, other] = [await start({ requestsPerMinute: 5 }), await start({ requestsPerMinute: 5 })];
  const answers = await withinOneMinute(async (minute) => {
    const headers = await headersOf(`busy in minute ${minute}`);
    return Promise.all(
      Array.from({ length: 12 }, (_, index) => (index % 2 ? one : other).inject({ url: BASE_PATH, headers })),
    );
  });
  const refused = answers.filter(({ statusCode }) => statusCode === 429);
  expect(refused).toHaveLength(7);
  expect(problemOf(refused[0]!)).toMatchObject({
    type: 'urn:bulk-registrations:problem:too-many-requests',
    detail: 'You may use 5 requests a minute; 0 are left.',
  });
  expect(refused[0]?.headers).toMatchObject({
    'ratelimit-policy': '"requests";q=5;w=60',
    ratelimit: expect.stringMatching(/^"requests";r=0;t=\d{1,2}$/),
    'retry-after': expect.stringMatching(/^\d{1,2}$/),
  });
  expect((await one.inject({ url: BASE_PATH, headers: await headersOf('quiet') })).statusCode).toBe(200);
});

test('without keys callers are told apart by their address, also behind a proxy', async () => {
  const app = await start({ apiAuth: null, requestsPerMinute: 1 });
  const statusOf = async (forwardedFor: string, remoteAddress: string) => {
    const headers = { 'x-forwarded-for': forwardedFor };
    return (await app.inject({ url: BASE_PATH, headers, remoteAddress })).statusCode;
  };
  const statuses = await withinOneMinute(async (minute) => {
    const address = (last: number) => `192.0.${minute % 250}.${last}`;
    return [
      await statusOf(address(1), '127.0.0.1'),
      await statusOf(address(2), '127.0.0.1'),
      await statusOf(address(1), '127.0.0.1'),
      // Who is no proxy can say whatever it likes.
      await statusOf(address(3), address(9)),
      await statusOf(address(4), address(9)),
    ];
  });
  expect(statuses).toEqual([200, 200, 429, 200, 429]);
});

test('mentors are counted for a day; what is refused or repeated is not counted', async () => {
  const app = await start({ registrationsInFlight: null });
  const headers = await headersOf('busy');
  const submit = async (count: number, key?: string) => {
    const response = await app.inject({
      method: 'POST',
      url: BASE_PATH,
      headers: { ...headers, ...(key && { 'idempotency-key': key }) },
      payload: registrationRequest({ mentor_ids: mentors('m', count) }),
    });
    return response.statusCode === 429 ? problemOf(response).detail : response.statusCode;
  };
  expect(await submit(6, 'one')).toBe(202);
  expect(await submit(6, 'one')).toBe(202);
  expect(await submit(5)).toBe('You may use 10 mentors a day; 4 are left.');
  expect(await submit(4)).toBe(202);
  expect(await submit(1)).toBe('You may use 10 mentors a day; 0 are left.');
});

test('registrations in flight are limited for each key', async () => {
  const app = await start({ mentorsPerDay: null });
  const [busy, quiet] = [await headersOf('busy'), await headersOf('quiet')];
  const submit = (headers: object) =>
    app.inject({
      method: 'POST',
      url: BASE_PATH,
      headers: { ...headers },
      payload: registrationRequest({ mentor_ids: ['m-1'] }),
    });
  for (let count = 0; count < 3; count += 1) expect((await submit(busy)).statusCode).toBe(202);
  const refused = await submit(busy);
  expect([refused.statusCode, problemOf(refused).detail]).toEqual([
    429,
    'You have 3 registrations that are processing; wait until one is done.',
  ]);
  expect((await submit(quiet)).statusCode).toBe(202);
});

test('requests at the same moment never exceed the limit of registrations in flight', async () => {
  const processes = [await start({ mentorsPerDay: null }), await start({ mentorsPerDay: null })];
  const headers = await headersOf('busy');
  const submit = (app: App, keyed: object = {}) =>
    app.inject({
      method: 'POST',
      url: BASE_PATH,
      headers: { ...headers, ...keyed },
      payload: registrationRequest({ mentor_ids: ['m-1'] }),
    });
  const twice = processes.map((app) => submit(app, { 'idempotency-key': 'twice' }));
  const ids = new Set((await Promise.all(twice)).map((response) => response.json<{ id: string }>().id));
  expect([...ids]).toEqual([expect.stringMatching(/^bulk-/)]);
  const responses = await Promise.all(Array.from({ length: 20 }, (_, n) => submit(processes[n % 2]!)));
  expect(responses.filter(({ statusCode }) => statusCode === 202)).toHaveLength(2);
  expect(responses.filter(({ statusCode }) => statusCode === 429)).toHaveLength(18);
  expect(await deps.db.prisma.bulkRegistration.count()).toBe(3);
});

test('a caller at the limit is refused without waiting for other requests of the same caller', async () => {
  const app = await start({ registrationsInFlight: 1 });
  const headers = await headersOf('busy');
  const payload = registrationRequest({ mentor_ids: ['m-1'] });
  const submit = () => app.inject({ method: 'POST', url: BASE_PATH, headers, payload });
  expect((await submit()).statusCode).toBe(202);
  await deps.db.prisma.$transaction(
    async (tx) => {
      expect(await countInFlight(tx, 'busy', 2)).toBe(1);
      expect((await submit()).statusCode).toBe(429);
    },
    { timeout: 30_000 },
  );
});

test('the same request at the same moment is a replay, also where it uses up the limit', async () => {
  const app = await start({ registrationsInFlight: 1, mentorsPerDay: 1 });
  const headers = { ...(await headersOf('busy')), 'idempotency-key': 'one' };
  const payload = registrationRequest({ mentor_ids: ['m-1'] });
  const submit = () => app.inject({ method: 'POST', url: BASE_PATH, headers, payload });
  const responses = await Promise.all(Array.from({ length: 10 }, submit));
  expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array(10).fill(202));
  expect(await deps.db.prisma.bulkRegistration.count()).toBe(1);
});

test('event streams are limited for each key', async () => {
  const app = await start({ maxWatchersPerCaller: 2 });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const headers = await headersOf('busy');
  const created = await app.inject({
    method: 'POST',
    url: BASE_PATH,
    headers,
    payload: registrationRequest({ mentor_ids: ['m-1'] }),
  });
  const { id } = created.json<{ id: string }>();
  const stopping = new AbortController();
  const watch = () =>
    fetch(`${app.listeningOrigin}${BASE_PATH}/${id}/events`, { headers, signal: stopping.signal });
  expect((await watch()).status).toBe(200);
  expect((await watch()).status).toBe(200);
  expect((await watch()).status).toBe(429);
  stopping.abort();
});

test('an overloaded process refuses new requests, and says when to try again', async () => {
  const app = await start({ apiAuth: null, maxEventLoopDelayMs: 500 });
  const statuses = new Set<number>();
  const until = performance.now() + 20_000;
  while (!statuses.has(503) && performance.now() < until) {
    const busyUntil = performance.now() + 900;
    while (performance.now() < busyUntil);
    const response = await app.inject({ url: BASE_PATH });
    statuses.add(response.statusCode);
    if (response.statusCode === 503) expect(response.headers['retry-after']).toBe('2');
  }
  expect(statuses).toContain(503);
  expect((await app.inject({ url: '/healthz' })).statusCode).toBe(200);
});
