import { isUtf8 } from 'node:buffer';
import {
  BASE_PATH,
  CONTRACT_EXAMPLES,
  type CreateRegistrationRequest,
  type CreateRegistrationResponse,
  Problem,
  type RegistrationDetails,
} from '@bulk/contract';
import { parseRegistrationId } from '@bulk/core';
import {
  createTestDeps,
  emptyTables,
  findInconsistencies,
  readRuns,
  runChain,
  submit,
  type TestDeps,
} from '@bulk/core/testing';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import type { LightMyRequestResponse as Answer, InjectOptions } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from './app.ts';
import type { App } from './fastify-app.ts';
import { anyBody, goodRequest, spoiledField } from './testing/hostile/bodies.ts';
import { anyHeaders, anyQuery, oddId } from './testing/hostile/envelopes.ts';
import { badId, goodId, isId } from './testing/hostile/texts.ts';

// HOSTILE_RUNS=50 sends fifty times as much. A failure prints what was sent, as small as it gets, with
// its seed and path: give them as HOSTILE_SEED and HOSTILE_PATH to send it again.

const JSON_TYPE = { 'content-type': 'application/json' };
const { runs, seed, timeoutMs, timeLimitMs } = readRuns('HOSTILE', 60);
const { HOSTILE_PATH: path } = process.env;
const options = {
  numRuns: runs,
  plugins: [fc.interruptAfterTimeLimit(timeLimitMs)],
  ...(seed !== null && { seed }),
  ...(path !== undefined && { path }),
};

const isProblem = new Ajv({ strict: false }).compile(Problem);

let deps: TestDeps;
let app: App;
let isChanged = true;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
  app = await buildApp(deps);
});
afterAll(async () => {
  expect(await findInconsistencies(deps)).toEqual([]);
  await app.close();
  await deps.close();
});

/** bulk-001 has succeeded, and one mentor of bulk-002 has failed. */
async function startAfresh(): Promise<void> {
  await emptyTables(deps);
  await runChain(deps, await submit(deps, { mentor_ids: ['a'] }));
  await runChain(deps, await submit(deps, { mentor_ids: ['a', 'b'] }));
}

/** Sends a request, and holds what every answer must keep to against the answer and the database. */
async function send(request: InjectOptions): Promise<Answer> {
  const before = await everyRow();
  const answer = await app.inject(request);
  expect(answer.statusCode).toBeLessThan(500);
  if (answer.statusCode >= 400) {
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    const problem = answer.json<Problem>();
    expect(isProblem(problem) || isProblem.errors).toBe(true);
    expect(problem.status).toBe(answer.statusCode);
    expect(answer.payload.length).toBeLessThan(50_000);
  }
  const mayChange = answer.statusCode === 202 || (answer.statusCode === 200 && request.method === 'DELETE');
  if (mayChange) isChanged = true;
  else expect(await everyRow()).toBe(before);
  return answer;
}

async function everyRow(): Promise<string> {
  const rows = await deps.db.prisma.$queryRaw<Array<{ rows: string }>>`
    select coalesce(string_agg(line, e'\n' order by line), '') as rows
    from (
      select 'registration ' || r::text as line from bulk_registrations r
      union all
      select 'batch ' || b::text from registration_batches b
      union all
      select 'activity ' || a::text from activities a
      union all
      select 'key ' || k::text from idempotency_keys k
    ) as every_row`;
  return rows[0]?.rows ?? '';
}

const asBody = (body: unknown) => (Buffer.isBuffer(body) ? body : String(body));

/** Each run starts from the same rows. */
function hostileTest<T extends [unknown, ...unknown[]]>(
  name: string,
  input: { [K in keyof T]: fc.Arbitrary<T[K]> },
  attack: (...sent: T) => Promise<void>,
): void {
  const property = fc.asyncProperty<T>(...input, async (...sent) => {
    if (isChanged) await startAfresh();
    isChanged = false;
    await attack(...sent);
  });
  test(name, { timeout: timeoutMs }, () => fc.assert(property, options));
}

/** What was accepted comes back as it was sent, and each of its mentors gets the activity once. */
async function expectWritten(sent: CreateRegistrationRequest, answer: Answer): Promise<void> {
  expect(answer.statusCode).toBe(202);
  const { id } = answer.json<CreateRegistrationResponse>();
  await runChain(deps, id);
  const details = (await app.inject({ url: `${BASE_PATH}/${id}` })).json<RegistrationDetails>();
  expect(details).toMatchObject(sent);
  expect(details.results.map(({ mentor_id }) => mentor_id)).toEqual(sent.mentor_ids);
  expect(details.results.map(({ status }) => status)).toEqual(sent.mentor_ids.map(() => 'success'));
  const file = await app.inject({ url: `${BASE_PATH}/${id}/results?format=ndjson` });
  expect(
    file.payload
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line)),
  ).toEqual(details.results);
  const mentorIds = await deps.db.prisma.activity.findMany({
    where: { bulkRegistrationId: parseRegistrationId(id) ?? 0n },
    select: { mentorId: true },
  });
  expect(mentorIds.map(({ mentorId }) => mentorId).toSorted()).toEqual(sent.mentor_ids.toSorted());
}

hostileTest('a body of any bytes is refused in words, or done as it says', [anyBody], async (body) => {
  const payload = asBody(body);
  const created = await send({ method: 'POST', url: BASE_PATH, payload, headers: JSON_TYPE });
  if (!isUtf8(Buffer.from(payload))) expect(created.statusCode).toBe(400);
  if (created.statusCode < 400) await expectWritten(JSON.parse(String(payload)), created);
  const retried = await send({ method: 'PUT', url: `${BASE_PATH}/bulk-002`, payload, headers: JSON_TYPE });
  expect(retried.statusCode).toBe(400);
  await send({ method: 'DELETE', url: `${BASE_PATH}/bulk-404`, payload, headers: JSON_TYPE });
});

hostileTest(
  'what the contract allows is accepted, whatever it looks like',
  [goodRequest],
  async (request) => {
    const answer = await send({ method: 'POST', url: BASE_PATH, payload: request });
    await expectWritten(request, answer);
  },
);

hostileTest(
  'a request with one wrong field is refused, and the field named',
  [goodRequest, spoiledField],
  async (request, [field, value]) => {
    const payload = JSON.stringify({ ...request, [field]: value });
    const answer = await send({ method: 'POST', url: BASE_PATH, payload, headers: JSON_TYPE });
    expect(answer.statusCode).toBe(400);
    const escaped = encodeURIComponent(field.replaceAll('~', '~0').replaceAll('/', '~1'));
    const places = answer.json<Problem>().errors?.map(({ pointer }) => pointer ?? '') ?? [];
    for (const place of places)
      expect(place === `#/${escaped}` || place.startsWith(`#/${escaped}/`)).toBe(true);
    expect(places.length).toBeGreaterThan(0);
  },
);

hostileTest(
  'a retry of mentors that have not failed is refused, and each of them named',
  [fc.uniqueArray(fc.oneof(goodId, badId), { minLength: 1, maxLength: 6 }), fc.boolean()],
  async (strangers, withFailed) => {
    const mentor_ids = withFailed ? ['a', ...strangers.filter((id) => id !== 'a')] : strangers;
    const payload = { action: 'retry_failed', mentor_ids };
    const answer = await send({ method: 'PUT', url: `${BASE_PATH}/bulk-002`, payload });
    // Whether they have failed is asked only when all of them are ids.
    const isAllowed = mentor_ids.every(isId) ? (id: string) => id === 'a' : isId;
    const unwanted = mentor_ids.flatMap((id, index) => (isAllowed(id) ? [] : [`#/mentor_ids/${index}`]));
    expect(answer.statusCode).toBe(unwanted.length === 0 ? 202 : 400);
    const named = answer.json<Partial<Problem>>().errors?.map(({ pointer }) => pointer) ?? [];
    expect(named).toEqual(unwanted);
  },
);

hostileTest(
  'an id that is none is a 404, with whatever headers it comes',
  [oddId, anyHeaders],
  async (id, headers) => {
    const url = `${BASE_PATH}/${id}`;
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const answer = await send({ method, url, headers, ...(method === 'PUT' && { payload: '{}' }) });
      expect(answer.statusCode).toBe(404);
    }
    for (const part of ['results', 'events']) {
      expect((await send({ method: 'GET', url: `${url}/${part}`, headers })).statusCode).toBe(404);
    }
  },
);

hostileTest('a query string of any kind is read or refused', [anyQuery], async (query) => {
  const payload = CONTRACT_EXAMPLES.createRequest;
  const posted = await send({ method: 'POST', url: `${BASE_PATH}?${query}`, payload });
  expect([200, 202, 400]).toContain(posted.statusCode);
  expect([200, 400]).toContain((await send({ method: 'GET', url: `${BASE_PATH}?${query}` })).statusCode);
  expect([200, 400]).toContain(
    (await send({ method: 'GET', url: `${BASE_PATH}/bulk-002?${query}` })).statusCode,
  );
  for (const part of ['results', 'events']) {
    const answer = await send({ method: 'GET', url: `${BASE_PATH}/bulk-002/${part}?${query}` });
    expect([200, 400]).toContain(answer.statusCode);
  }
  expect([200, 400, 409]).toContain(
    (await send({ method: 'DELETE', url: `${BASE_PATH}/bulk-002?${query}` })).statusCode,
  );
});

hostileTest('headers of any kind are read or refused', [anyHeaders], async (headers) => {
  await send({ method: 'GET', url: BASE_PATH, headers });
  await send({ method: 'GET', url: `${BASE_PATH}/bulk-002`, headers });
  await send({ method: 'GET', url: `${BASE_PATH}/bulk-002/results`, headers });
  const events = await send({ method: 'GET', url: `${BASE_PATH}/bulk-002/events`, headers });
  expect([200, 204]).toContain(events.statusCode);
  const payload = JSON.stringify(CONTRACT_EXAMPLES.retryRequest);
  await send({ method: 'PUT', url: `${BASE_PATH}/bulk-002`, payload, headers });
  await send({
    method: 'POST',
    url: BASE_PATH,
    payload: JSON.stringify(CONTRACT_EXAMPLES.createRequest),
    headers,
  });
  await send({ method: 'DELETE', url: `${BASE_PATH}/bulk-001`, headers });
});
