import { BASE_PATH, CONTRACT_EXAMPLES } from '@bulk/contract';
import { createTestDeps, runChain, type TestDeps } from '@bulk/core/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

// Every example of the contract, as it stands there: send the request, get that answer, ids and times aside.

const { list, details, createRequest, createResponse, retryRequest, retryResponse, deleteResponse } =
  CONTRACT_EXAMPLES;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

let deps: TestDeps;
let app: App;
beforeEach(async () => {
  deps = await createTestDeps();
  app = await buildApp(deps);
});
afterEach(async () => {
  await app.close();
  await deps.close();
});

async function submit(fields: object = {}): Promise<Record<string, unknown> & { id: string }> {
  const response = await app.inject({
    method: 'POST',
    url: BASE_PATH,
    payload: { ...createRequest, ...fields },
  });
  expect(response.statusCode).toBe(202);
  return response.json();
}

/** These mentors have this activity already, so that registering them once more fails. */
async function alreadyHave(mentor_ids: string[], { activity_type, activity_date }: Activity): Promise<void> {
  const { id } = await submit({ mentor_ids, activity_type, activity_date });
  await runChain(deps, id);
}

interface Activity {
  activity_type: string;
  activity_date: string;
}

/** Of the contract's fields none is missing, and they come first, in its order. */
function expectFieldsOf(example: object, answer: object): void {
  const names = Object.keys(example);
  expect(Object.keys(answer).slice(0, names.length)).toEqual(names);
}

test('POST', async () => {
  const answer = await submit();
  expect(answer).toEqual({ ...createResponse, id: 'bulk-001', created_at: TIME });
  expect(Object.keys(answer)).toEqual(Object.keys(createResponse));
});

test('GET of a list', async () => {
  const [expected] = list.data;
  await alreadyHave(['mentor-8'], expected);
  const eight = Array.from({ length: 8 }, (_, index) => `mentor-${index + 1}`);
  const { id } = await submit({
    coordinator_id: expected.coordinator_id,
    activity_type: expected.activity_type,
    activity_date: expected.activity_date,
    mentor_ids: eight,
  });
  await runChain(deps, id);
  await submit();

  const answer = (await app.inject({ url: BASE_PATH })).json<{ data: object[]; pagination: object }>();
  expect(answer.data[1]).toEqual({ ...expected, id, created_at: TIME });
  expect(Object.keys(answer.data[1] ?? {})).toEqual(Object.keys(expected));
  expect(answer.pagination).toMatchObject(list.pagination);
  expectFieldsOf(list, answer);
  expectFieldsOf(list.pagination, answer.pagination);
});

test('GET of details', async () => {
  const { coordinator_id, activity_type, activity_date, duration_minutes, mentor_ids } = details;
  const { id } = await submit({ coordinator_id, activity_type, activity_date, duration_minutes, mentor_ids });
  await runChain(deps, id);

  const answer = (await app.inject({ url: `${BASE_PATH}/${id}` })).json<object>();
  const activity_id = expect.stringMatching(/^pa-\d{3,}$/);
  expect(answer).toMatchObject({
    ...details,
    id,
    results: details.results.map((result) => ({ ...result, activity_id })),
    created_at: TIME,
    completed_at: TIME,
  });
  expectFieldsOf(details, answer);
  for (const result of (answer as typeof details).results) expectFieldsOf(details.results[0], result);
});

test('PUT', async () => {
  await alreadyHave(['mentor-17'], createRequest);
  const { id } = await submit();
  await runChain(deps, id);

  const response = await app.inject({ method: 'PUT', url: `${BASE_PATH}/${id}`, payload: retryRequest });
  expect(response.statusCode).toBe(202);
  expect(response.json()).toEqual({ ...retryResponse, id, updated_at: TIME });
  expect(Object.keys(response.json())).toEqual(Object.keys(retryResponse));

  await runChain(deps, id);
  expect((await app.inject({ url: `${BASE_PATH}/${id}` })).json()).toMatchObject({
    status: 'completed',
    success_count: 4,
    failure_count: 0,
    retry_count: 1,
    override_duplicates: true,
  });
});

test('DELETE', async () => {
  await submit({ mentor_ids: ['mentor-1'] });
  const { id } = await submit();
  expect(id).toBe('bulk-002');
  const response = await app.inject({ method: 'DELETE', url: `${BASE_PATH}/${id}` });
  expect(response.statusCode).toBe(200);
  expect(response.json()).toEqual(deleteResponse);
});
