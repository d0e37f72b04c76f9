import { BASE_PATH, CONTRACT_EXAMPLES, type Problem, type ResultsResponse } from '@bulk/contract';
import { createTestDeps, mentors, runChain, type TestDeps } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
  app = await buildApp(deps);
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

let submitted = 0;

/** Each with mentors of its own, unless these are given. */
async function submit(mentor_ids?: string[]): Promise<string> {
  submitted += 1;
  const payload = {
    ...CONTRACT_EXAMPLES.createRequest,
    mentor_ids: mentor_ids ?? mentors(`r${submitted}`, 3),
  };
  return (await app.inject({ method: 'POST', url: BASE_PATH, payload })).json<{ id: string }>().id;
}

async function submitAndRun(mentor_ids?: string[]): Promise<string> {
  const id = await submit(mentor_ids);
  await runChain(deps, id);
  return id;
}

const undo = (id: string, { query = '', headers = {} } = {}) =>
  app.inject({ method: 'POST', url: `${BASE_PATH}/${id}/undo${query}`, headers });

type Answer = Awaited<ReturnType<typeof undo>>;

/** `404 registration-not-found` */
function kindOf(response: Answer): string {
  return `${response.statusCode} ${response.json<Problem>().type.replace('urn:bulk-registrations:problem:', '')}`;
}

test('is accepted with 202, as the example says, and tells where and when to look', async () => {
  const id = await submitAndRun();
  const response = await undo(id);
  expect(response.statusCode).toBe(202);
  expect(response.headers).toMatchObject({ location: `${BASE_PATH}/${id}`, 'retry-after': '1' });
  const { undoResponse } = CONTRACT_EXAMPLES;
  expect(response.json()).toEqual({ ...undoResponse, id, updated_at: expect.any(String) });
});

test('the same key starts one undo, and its answer is repeated when all is over', async () => {
  const id = await submitAndRun();
  const headers = { 'idempotency-key': 'undo-1' };
  const first = await undo(id, { headers });
  await runChain(deps, id);
  const second = await undo(id, { headers });
  expect([second.statusCode, second.json()]).toEqual([202, first.json()]);
  expect(second.headers['idempotency-replayed']).toBe('true');
});

test('a state that the client has not seen is refused', async () => {
  const id = await submitAndRun();
  expect(kindOf(await undo(id, { headers: { 'if-match': '"old"' } }))).toBe('412 changed-meanwhile');
  const { etag } = (await app.inject({ url: `${BASE_PATH}/${id}` })).headers;
  expect((await undo(id, { headers: { 'if-match': String(etag) } })).statusCode).toBe(202);
});

test('what cannot be undone is refused, with the reason', async () => {
  expect(kindOf(await undo('bulk-999'))).toBe('404 registration-not-found');
  expect(kindOf(await undo('nonsense'))).toBe('404 registration-not-found');
  const id = await submit(['m-1']);
  expect(kindOf(await undo(id))).toBe('409 still-processing');
  await runChain(deps, id);
  expect(kindOf(await undo(await submitAndRun(['m-1'])))).toBe('409 nothing-succeeded');
  expect(kindOf(await undo(id, { query: '?mentor_ids=m-1' }))).toBe('400 validation');
  await undo(id);
  await runChain(deps, id);
  expect(kindOf(await undo(id))).toBe('409 was-undone');
  const retry = { action: 'retry_failed' };
  expect(kindOf(await app.inject({ method: 'PUT', url: `${BASE_PATH}/${id}`, payload: retry }))).toBe(
    '409 was-undone',
  );
});

test('lists, results and files tell undone and kept apart', async () => {
  const id = await submitAndRun(['a', 'b', 'c']);
  await deps.db.prisma.activity.updateMany({ where: { mentorId: 'b' }, data: { notes: 'seen' } });
  await undo(id);
  await runChain(deps, id);

  const results = async (query: string) =>
    (await app.inject({ url: `${BASE_PATH}/${id}/results?${query}` })).json<ResultsResponse>().data;
  const ofMentors = async (query: string) => (await results(query)).map(({ mentor_id }) => mentor_id);
  expect(await ofMentors('status=undone')).toEqual(['a', 'c']);
  expect(await ofMentors('status=kept')).toEqual(['b']);
  expect(await ofMentors('code=activity_changed')).toEqual(['b']);
  const [, line] = (
    await app.inject({ url: `${BASE_PATH}/${id}/results?format=csv&status=kept` })
  ).payload.split('\r\n');
  expect(line).toMatch(/^b,kept,pa-\d+,activity_changed,/);

  const details = await app.inject({ url: `${BASE_PATH}/${id}?view=status` });
  expect(details.json()).toMatchObject({ success_count: 0, undone_count: 2, kept_count: 1 });
  const list = await app.inject({ url: `${BASE_PATH}?status=undone` });
  expect(list.json<{ data: object[] }>().data).toContainEqual(
    expect.objectContaining({ id, status: 'undone', success_count: 0 }),
  );
});
