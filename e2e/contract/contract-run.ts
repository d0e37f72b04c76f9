import { readFileSync } from 'node:fs';
import { BASE_PATH } from '@bulk/contract';
import { waitFor } from '@bulk/core/testing';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

const OPENAPI = new URL('../../docs/openapi.json', import.meta.url);
const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';
/** So many that it is still processing when its cancel arrives. */
const LARGE = 50_000;
const UNKNOWN = `bulk-${2 ** 50}`;

type Json = Record<string, unknown>;
interface Answer {
  status: number;
  headers: Headers;
  body: Json;
}
interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As the OpenAPI document names it. */
  route: string;
  id?: string;
  query?: string;
  /** Sent as it is if it is a string, otherwise as JSON. */
  body?: unknown;
  type?: string;
}

const ALL = BASE_PATH;
const ONE = `${BASE_PATH}/{id}`;
const UNDO = `${ONE}/undo`;

/**
 * Calls list, details, create, retry and cancel/delete at an address, with good and bad input, and compares each answer with
 * docs/openapi.json and with what the call must do. It needs a running worker, and removes what it registered.
 *
 * @param apiKey of the role coordinator, if the API asks for keys
 * @returns what was wrong; empty if the API keeps its contract
 */
export async function runContract(baseUrl: string, apiKey?: string): Promise<string[]> {
  const broken: string[] = [];
  /** Run at the end: a large answer takes so long to check that its registration would be done before the cancel. */
  const checks: Array<() => string[]> = [];
  const isValid = await compileAnswers();

  const ask = async (
    statuses: number | readonly number[],
    { method, route, id = '', query = '', body, type }: Call,
  ) => {
    const what = `${method} ${route.replace('{id}', id)}${query}`;
    const response = await fetch(`${baseUrl}${route.replace('{id}', id)}${query}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': type ?? JSON_TYPE }),
        ...(apiKey ? { authorization: `Bearer ${apiKey}` } : {}),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer: Answer = { status: response.status, headers: response.headers, body: parse(text) };
    if (![statuses].flat().includes(answer.status))
      broken.push(`${what}: ${answer.status}, not ${[statuses].flat().join(' or ')}: ${text.slice(0, 200)}`);
    else checks.push(() => isValid(method, route, answer).map((error) => `${what}: ${error}`));
    return answer;
  };
  const expect = (what: string, actual: unknown, expected: unknown) => {
    const [is, should] = [JSON.stringify(actual), JSON.stringify(expected)];
    if (is !== should) broken.push(`${what}: ${is}, not ${should}`);
  };
  /** Asks for something invalid: the answer must name the field. */
  const refuse = async (field: string, call: Call) => {
    const { body } = await ask(400, call);
    const errors = (body.errors ?? []) as Array<{ pointer?: string; parameter?: string }>;
    const named = errors.map(({ pointer, parameter }) => pointer ?? parameter);
    if (!named.includes(field))
      broken.push(`${call.method} ${call.route}: names ${named.join()}, not ${field}`);
  };
  const details = async (id: string) => (await ask(200, { method: 'GET', route: ONE, id })).body;
  const finished = (id: string) =>
    waitFor(
      async () => {
        const now = await details(id);
        return now.status === 'processing' ? null : now;
      },
      { intervalMs: 100 },
    );

  const run = crypto.randomUUID();
  const mentors = (count: number) => Array.from({ length: count }, (_, index) => `contract-${run}-${index}`);
  const request = {
    coordinator_id: `contract-${run}`,
    mentor_ids: mentors(3),
    activity_type: 'contract_run',
    activity_date: '2026-03-28',
    duration_minutes: 60,
  };
  const create = async (body: object) => {
    const answer = await ask(202, { method: 'POST', route: ALL, body });
    expect('Location', answer.headers.get('location'), `${ALL}/${String(answer.body.id)}`);
    return String(answer.body.id);
  };

  // Bad input.
  const post = (change: object): Call => ({ method: 'POST', route: ALL, body: { ...request, ...change } });
  await refuse('#/coordinator_id', post({ coordinator_id: undefined }));
  await refuse('#/mentor_ids', post({ mentor_ids: [] }));
  await refuse('#/mentor_ids/1', post({ mentor_ids: ['a', 'a'] }));
  await refuse('#/activity_date', post({ activity_date: '2026-02-30' }));
  await refuse('#/duration_minutes', post({ duration_minutes: 0 }));
  await refuse('#/surprise', post({ surprise: 1 }));
  await ask(400, { method: 'POST', route: ALL, body: '{"mentor_ids": [' });
  await ask(415, { method: 'POST', route: ALL, body: 'mentor-17', type: 'text/plain' });
  await refuse('limit', { method: 'GET', route: ALL, query: '?limit=0' });
  await refuse('status', { method: 'GET', route: ALL, query: '?status=lost' });
  for (const unknown of ['x', UNKNOWN])
    for (const method of ['GET', 'DELETE'] as const) await ask(404, { method, route: ONE, id: unknown });

  // Create, details, list.
  const id = await create(request);
  const first = await finished(id);
  expect('the counts', [first.status, first.success_count, first.failure_count], ['completed', 3, 0]);
  const results = first.results as Json[];
  expect(
    'the order of results',
    results.map((each) => each.mentor_id),
    request.mentor_ids,
  );
  const again = await create(request);
  expect('duplicates', (await finished(again)).failure_count, 3);
  const filter = `?coordinator_id=${request.coordinator_id}&limit=1`;
  const page = (await ask(200, { method: 'GET', route: ALL, query: filter })).body;
  expect(
    'the list, newest first',
    (page.data as Json[]).map((each) => each.id),
    [again],
  );
  expect('the total', (page.pagination as Json).total, 2);

  // Retry.
  const retry = (of: string, body: object): Call => ({ method: 'PUT', route: ONE, id: of, body });
  const good = { action: 'retry_failed', override_duplicates: true };
  await refuse('#/action', retry(again, { action: 'repeat' }));
  await ask(404, retry(UNKNOWN, good));
  await ask(409, retry(id, good));
  expect('retry_count', (await ask(202, retry(again, good))).body.retry_count, 1);
  expect('retried', (await finished(again)).success_count, 3);

  // Cancel, undo and delete. Activities outlive their registration, so they are undone first.
  // A registration that ended before its cancel arrived is followed by another one.
  const ended = [id, again];
  let large: string;
  let cancel: Answer;
  do {
    const activity_type = `contract_cancel_${ended.length}`;
    large = await create({ ...request, activity_type, mentor_ids: mentors(LARGE) });
    ended.push(large);
    cancel = await ask([200, 409], { method: 'DELETE', route: ONE, id: large, query: '?only=cancel' });
  } while (cancel.status === 409 && ended.length < 7);
  expect('the cancel', cancel.body.message, `Bulk registration job ${large} cancelled successfully`);
  expect('cancelled', (await details(large)).status, 'cancelled');
  for (const each of ended) {
    if ((await details(each)).success_count)
      await ask(202, { method: 'POST', route: UNDO, id: each, body: {} });
    await finished(each);
    const { body } = await ask(200, { method: 'DELETE', route: ONE, id: each });
    expect('the delete', body.message, `Bulk registration job ${each} deleted successfully`);
    await ask(404, { method: 'GET', route: ONE, id: each });
  }
  broken.push(...checks.flatMap((check) => check()));
  return broken;
}

/** @returns what is wrong with an answer, by the schema that the OpenAPI document gives for its status */
async function compileAnswers() {
  const document = JSON.parse(readFileSync(OPENAPI, 'utf8')) as Json;
  const ajv = new Ajv2020({ strict: false });
  formats.default(ajv);
  ajv.addSchema(document, 'openapi');
  return (method: string, route: string, { status, headers, body }: Answer): string[] => {
    const expected = status < 400 ? JSON_TYPE : PROBLEM_TYPE;
    const type = headers.get('content-type')?.split(';')[0];
    if (type !== expected) return [`${type}, not ${expected}`];
    const path = ['paths', route, method.toLowerCase(), 'responses', status, 'content', expected, 'schema'];
    const pointer = path.map((part) => encodeURIComponent(String(part).replaceAll('/', '~1'))).join('/');
    const validate = ajv.getSchema(`openapi#/${pointer}`);
    if (!validate) return [`the OpenAPI document has no ${status}`];
    return validate(body) ? [] : [ajv.errorsText(validate.errors)];
  };
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return {};
  }
}
