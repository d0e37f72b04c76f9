import {
  ApiProblem,
  type BulkClient,
  type ClientOptions,
  createClient,
  ServiceUnreachable,
} from '@bulk/client';
import { mentors, registrationRequest } from '@bulk/core/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.ts';
import { httpTap } from './http-tap.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

let service: InProcessService;
let client: BulkClient;
beforeAll(async () => {
  service = await startInProcess();
  client = createClient({ baseUrl: service.url });
});
afterAll(() => service.close());

const opened: (() => void)[] = [];
afterEach(() => {
  for (const close of opened.splice(0)) close();
});

/** A client whose way to the service can be made to fail. */
async function throughProxy(options: Partial<ClientOptions> = {}) {
  const proxy = await TcpProxy.between(Number(new URL(service.url).port), httpTap);
  opened.push(() => proxy.close());
  const repeated: string[] = [];
  const onRetry = ({ error }: { error: Error }) => void repeated.push(error.name);
  const baseUrl = `http://127.0.0.1:${proxy.port}`;
  return { proxy, repeated, client: createClient({ baseUrl, onRetry, ...options }) };
}

let day = 0;
/** For mentors who have nothing yet: no other test's registration is on this day. */
function request(fields: Parameters<typeof registrationRequest>[0] = {}) {
  day += 1;
  return registrationRequest({
    activity_date: new Date(Date.UTC(2030, 0, day)).toISOString().slice(0, 10),
    ...fields,
  });
}

async function finished(fields: Parameters<typeof registrationRequest>[0] = {}): Promise<string> {
  const { id } = await client.create(request(fields));
  await service.work(id);
  return id;
}

const registrations = () => service.deps.db.prisma.bulkRegistration.count();

async function problemOf(promise: Promise<unknown>): Promise<ApiProblem> {
  const error = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  return error as ApiProblem;
}

test('creates, waits for the end and reads the results, page by page', async () => {
  const mentor_ids = mentors('m', 25);
  const { id, status } = await client.create(request({ mentor_ids }));
  expect(status).toBe('processing');
  const waiting = client.wait(id, { results: 'none' });
  await service.work(id);
  expect(await waiting).toMatchObject({ id, status: 'completed', success_count: 25, results: [] });

  const seen: string[] = [];
  for await (const result of client.results(id, { limit: 10 })) seen.push(result.mentor_id);
  expect(seen).toEqual(mentor_ids);
});

test('a POST whose answer is lost is sent again with the same key: one registration', async () => {
  const before = await registrations();
  const { proxy, client: cutOff, repeated } = await throughProxy();
  proxy.intercept({ statement: 'POST', at: 'reply', times: 2, act: () => 'cut' });
  const { id } = await cutOff.create(request());
  expect(repeated).toEqual(['ServiceUnreachable', 'ServiceUnreachable']);
  expect(await registrations()).toBe(before + 1);
  expect((await client.get(id)).details.id).toBe(id);
});

test('a retry whose answer is lost is done once', async () => {
  const fields = { activity_date: '2029-01-01' };
  await finished(fields);
  const id = await finished(fields);
  const { proxy, client: cutOff, repeated } = await throughProxy();
  proxy.intercept({ statement: 'PUT', at: 'reply', act: () => 'cut' });
  const mentorIds = ['mentor-2'];
  expect(await cutOff.retryFailed(id, { mentorIds, overrideDuplicates: true })).toMatchObject({
    retry_count: 1,
  });
  expect(repeated).toHaveLength(1);
  await service.work(id);
  expect((await client.get(id)).details).toMatchObject({
    success_count: 1,
    failure_count: 3,
    retry_count: 1,
  });
});

test('an undo whose answer is lost is done once', async () => {
  const id = await finished();
  const { proxy, client: cutOff, repeated } = await throughProxy();
  proxy.intercept({ statement: 'POST', at: 'reply', act: () => 'cut' });
  expect(await cutOff.undo(id)).toMatchObject({ id, status: 'processing' });
  expect(repeated).toHaveLength(1);
  await service.work(id);
  expect(await client.wait(id)).toMatchObject({ status: 'undone', undone_count: 4, retry_count: 0 });
  expect((await problemOf(client.undo(id))).code).toBe('was_undone');
});

test('a cancel whose answer is lost has still cancelled, and has deleted nothing', async () => {
  const { id } = await client.create(request());
  const { proxy, client: cutOff, repeated } = await throughProxy();
  proxy.intercept({ statement: 'DELETE', at: 'reply', act: () => 'cut' });
  expect(await cutOff.cancel(id)).toEqual({ message: `Bulk registration job ${id} cancelled successfully` });
  expect(repeated).toHaveLength(1);
  expect((await client.get(id)).details.status).toBe('cancelled');
});

test('a cancel that comes too late is a conflict, also when it is repeated', async () => {
  const id = await finished();
  const { proxy, client: cutOff } = await throughProxy();
  proxy.intercept({ statement: 'DELETE', at: 'request', act: () => 'cut' });
  expect(await problemOf(cutOff.cancel(id))).toMatchObject({ status: 409, code: 'not_running' });
});

test('a delete whose answer is lost has still deleted', async () => {
  const id = await finished();
  const { proxy, client: cutOff, repeated } = await throughProxy();
  proxy.intercept({ statement: 'DELETE', at: 'reply', act: () => 'cut' });
  expect(await cutOff.delete(id)).toEqual({ message: `Bulk registration job ${id} deleted successfully` });
  expect(repeated).toHaveLength(1);
  expect(await problemOf(client.get(id))).toMatchObject({ status: 404, code: 'registration_not_found' });
});

test('a delete never cancels', async () => {
  const { id } = await client.create(request());
  expect(await problemOf(client.delete(id))).toMatchObject({ status: 409, code: 'still_processing' });
  expect((await client.get(id)).details.status).toBe('processing');
});

test('a delete of what was seen fails when it has changed since', async () => {
  const fields = { activity_date: '2029-01-02' };
  await finished(fields);
  const id = await finished(fields);
  const seen = await client.get(id);
  await client.retryFailed(id);
  expect(await problemOf(client.delete(id, { seen }))).toMatchObject({
    status: 412,
    code: 'changed_meanwhile',
  });
  expect((await client.get(id)).details.status).toBe('processing');
});

test('an unchanged answer is the very object that is known already', async () => {
  const { id } = await client.create(request());
  const first = await client.get(id, { results: 'none' });
  expect(first.retryAfterMs).toBeGreaterThan(0);
  expect(await client.get(id, { results: 'none', known: first })).toBe(first);
  await service.work(id);
  const second = await client.get(id, { results: 'none', known: first });
  expect(second).toMatchObject({ details: { status: 'completed' }, retryAfterMs: null });
});

test('a dry run and a list', async () => {
  const fields = { activity_date: '2029-01-03', coordinator_id: 'coord-lists' };
  const id = await finished({ ...fields, mentor_ids: ['mentor-1'] });
  expect(await client.dryRun(request(fields))).toMatchObject({
    success_count: 3,
    duplicates: [{ mentor_id: 'mentor-1' }],
  });
  const { data } = await client.list({ coordinator_id: 'coord-lists', has_failures: false });
  expect(data.map((each) => each.id)).toEqual([id]);
});

test('a refused request names its fields', async () => {
  const error = await problemOf(client.create(request({ duration_minutes: 0, mentor_ids: [] })));
  expect(error).toMatchObject({ status: 400, code: 'validation', retryAfterMs: null });
  expect(error.errors).toMatchObject([
    { pointer: '#/mentor_ids', code: 'too_short' },
    { pointer: '#/duration_minutes', code: 'out_of_range', detail: 'must be at least 1' },
  ]);
});

test('a download is a stream with its name', async () => {
  const id = await finished({ mentor_ids: ['m-1', 'm-2'] });
  const download = await client.download(id, { format: 'csv' });
  expect(download).toMatchObject({ filename: `${id}-results.csv`, isComplete: true });
  const lines = (await new Response(download.body).text()).split('\r\n');
  expect(lines.slice(0, 2)).toEqual([
    'mentor_id,status,activity_id,error_code,error_message,existing_activity_id',
    expect.stringMatching(/^m-1,success,pa-\d+,,,$/),
  ]);
  const linked = await fetch(client.resultsUrl(id, { format: 'ndjson', status: 'failed' }));
  expect([linked.status, await linked.text()]).toEqual([200, '']);
});

/** Answers the first requests so, and passes the others on. */
function answering(...answers: (() => Promise<Response>)[]): typeof fetch {
  return (input, init) => answers.shift()?.() ?? fetch(input, init);
}
const busy = (retryAfter: string) => async () =>
  new Response('busy', { status: 503, headers: { 'retry-after': retryAfter } });

test('a 503 is waited out as long as it asks', async () => {
  const delays: number[] = [];
  const patient = createClient({
    baseUrl: service.url,
    fetch: answering(busy('1'), busy(new Date(Date.now() - 60_000).toUTCString())),
    onRetry: ({ delayMs }) => void delays.push(delayMs),
  });
  await patient.list();
  expect(delays[0]).toBe(1_000);
  expect(delays[1]).toBeLessThan(1_000);
});

test('a 503 that asks for minutes is passed on', async () => {
  const refused = createClient({ baseUrl: service.url, fetch: answering(busy('300')) });
  expect(await problemOf(refused.list())).toMatchObject({
    status: 503,
    retryAfterMs: 300_000,
    type: 'about:blank',
  });
});

test('a request that was understood is not repeated', async () => {
  const { client: observed, repeated } = await throughProxy();
  await problemOf(observed.create(request({ duration_minutes: 0 })));
  expect(repeated).toEqual([]);
});

test('without a service there is no answer after all tries', async () => {
  const { proxy, client: cutOff, repeated } = await throughProxy({ tries: 2 });
  await proxy.goDown();
  await expect(cutOff.list()).rejects.toThrow(/^The service could not be reached: .*ECONNREFUSED/);
  await expect(cutOff.list({}, { tries: 1 })).rejects.toBeInstanceOf(ServiceUnreachable);
  expect(repeated).toHaveLength(1);
  await proxy.comeUp();
});

test('an answer that never comes is given up in time', async () => {
  const { proxy, client: waiting } = await throughProxy({ tries: 1, timeoutMs: 50 });
  proxy.blackHole();
  await expect(waiting.list()).rejects.toThrow('The service could not be reached: no answer within 50 ms');
});

test('an aborted call ends with the reason it was given, also between two tries', async () => {
  const controller = new AbortController();
  const stopped = createClient({
    baseUrl: service.url,
    fetch: answering(busy('30')),
    onRetry: () => controller.abort(new Error('enough')),
  });
  await expect(stopped.list({}, { signal: controller.signal })).rejects.toThrow('enough');
});

test('key and headers go along', async () => {
  const sent: Headers[] = [];
  const observed = createClient({
    baseUrl: `${service.url}/`,
    apiKey: 't-1',
    headers: () => ({ 'x-tenant': 'a' }),
    fetch: (input, init) => {
      sent.push(new Headers(init?.headers));
      return fetch(input, init);
    },
  });
  await observed.list();
  expect(sent[0]?.get('authorization')).toBe('Bearer t-1');
  expect(sent[0]?.get('x-tenant')).toBe('a');
});
