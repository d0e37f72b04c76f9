import { BASE_PATH, CONTRACT_EXAMPLES, type Problem } from '@bulk/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from './fastify-app.ts';
import { buildRefusingApp } from './testing/build-refusing-app.ts';

const valid = CONTRACT_EXAMPLES.createRequest;

let app: App;
beforeAll(async () => {
  app = await buildRefusingApp();
});
afterAll(() => app.close());

/** Each error as `place code`. */
async function fieldErrorsOf(
  method: 'POST' | 'PUT' | 'GET' | 'DELETE',
  url: string,
  payload?: unknown,
): Promise<string[]> {
  const response = await app.inject({
    method,
    url,
    ...(payload !== undefined && {
      payload: JSON.stringify(payload),
      headers: { 'content-type': 'application/json' },
    }),
  });
  const problem = response.json<Problem>();
  expect(problem).toMatchObject({ status: 400, type: 'urn:bulk-registrations:problem:validation' });
  expect(response.statusCode).toBe(400);
  expect(response.headers['content-type']).toContain('application/problem+json');
  return (problem.errors ?? []).map(
    (fieldError) => `${fieldError.pointer ?? fieldError.parameter} ${fieldError.code}`,
  );
}

const longId = (length: number) => 'm'.repeat(length);
const mentors = (...ids: unknown[]) => ({ mentor_ids: ids });

describe('a registration is refused, with the field named,', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['for an unknown field', { mentors: [] }, ['#/mentors unknown_field']],
    ['for an unknown field of an odd name', { 'a/b~c d': 1 }, ['#/a~1b~0c%20d unknown_field']],
    ['for an unknown field named by half a surrogate pair', { '\ud800': 1 }, ['#/%EF%BF%BD unknown_field']],
    ['for a missing field', { coordinator_id: undefined }, ['#/coordinator_id missing']],
    [
      'for several at once',
      { activity_type: undefined, duration_minutes: 0 },
      ['#/activity_type missing', '#/duration_minutes out_of_range'],
    ],
    ['for a number as text', { duration_minutes: '120' }, ['#/duration_minutes wrong_type']],
    ['for a fraction', { duration_minutes: 1.5 }, ['#/duration_minutes wrong_type']],
    ['for null', { duration_minutes: null }, ['#/duration_minutes wrong_type']],
    ['for a duration of none', { duration_minutes: 0 }, ['#/duration_minutes out_of_range']],
    ['for a duration below none', { duration_minutes: -5 }, ['#/duration_minutes out_of_range']],
    ['for a duration of more than a day', { duration_minutes: 1441 }, ['#/duration_minutes out_of_range']],
    ['for true as text', { override_duplicates: 'true' }, ['#/override_duplicates wrong_type']],
    ['for true as a number', { override_duplicates: 1 }, ['#/override_duplicates wrong_type']],
    ['for text as a number', { coordinator_id: 42 }, ['#/coordinator_id wrong_type']],
    ['for an empty id', { coordinator_id: '' }, ['#/coordinator_id too_short']],
    ['for a blank id', { coordinator_id: ' \u00a0' }, ['#/coordinator_id wrong_format']],
    ['for NUL in an id', { coordinator_id: 'a\u0000b' }, ['#/coordinator_id wrong_format']],
    ['for a line break in an id', { activity_type: 'a\nb' }, ['#/activity_type wrong_format']],
    ['for half a surrogate pair in an id', { activity_type: 'a\udc00' }, ['#/activity_type wrong_format']],
    ['for an id of 65 characters', { coordinator_id: longId(65) }, ['#/coordinator_id too_long']],
    ['for a date that never was', { activity_date: '2026-02-30' }, ['#/activity_date wrong_format']],
    ['for the 29th of February of 1900', { activity_date: '1900-02-29' }, ['#/activity_date wrong_format']],
    ['for the year 0', { activity_date: '0000-01-01' }, ['#/activity_date wrong_format']],
    ['for a date and time', { activity_date: '2026-03-28T00:00:00Z' }, ['#/activity_date wrong_format']],
    ['for a date and a line break', { activity_date: '2026-03-28\n' }, ['#/activity_date wrong_format']],
    ['for digits of another script', { activity_date: '２０２６-03-28' }, ['#/activity_date wrong_format']],
    ['for NUL in the notes', { notes: 'a\u0000b' }, ['#/notes wrong_format']],
    ['for half a surrogate pair in the notes', { notes: '\ud83d' }, ['#/notes wrong_format']],
    ['for notes of 2,001 characters', { notes: 'n'.repeat(2001) }, ['#/notes too_long']],
    ['for notes that are null', { notes: null }, ['#/notes wrong_type']],
    ['for an empty label', { label: '' }, ['#/label too_short']],
    ['for a label of 201 characters', { label: 'l'.repeat(201) }, ['#/label too_long']],
    ['for a line break in a label', { label: 'a\nb' }, ['#/label wrong_format']],
    ['for a blank reference', { external_reference: ' ' }, ['#/external_reference wrong_format']],
    ['for a reference that is null', { external_reference: null }, ['#/external_reference wrong_type']],
    ['for no mentors', mentors(), ['#/mentor_ids too_short']],
    ['for mentors that are no list', { mentor_ids: 'mentor-17' }, ['#/mentor_ids wrong_type']],
    ['for mentors in an object', { mentor_ids: { 0: 'a', length: 1 } }, ['#/mentor_ids wrong_type']],
    [
      'for each mentor that is wrong',
      mentors('a', 1, '', null, ['a'], longId(65)),
      [
        '#/mentor_ids/1 wrong_type',
        '#/mentor_ids/2 too_short',
        '#/mentor_ids/3 wrong_type',
        '#/mentor_ids/4 wrong_type',
        '#/mentor_ids/5 too_long',
      ],
    ],
    [
      'for a repeated mentor, at each repetition',
      mentors('a', 'b', 'a', 'a'),
      ['#/mentor_ids/2 repeated', '#/mentor_ids/3 repeated'],
    ],
    ['for a repeated __proto__', mentors('__proto__', 'b', '__proto__'), ['#/mentor_ids/2 repeated']],
    ['for a repeated toString', mentors('toString', 'toString'), ['#/mentor_ids/1 repeated']],
  ])('%s', async (_, change, expected) => {
    expect(await fieldErrorsOf('POST', BASE_PATH, { ...valid, ...change })).toEqual(expected);
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a list', [valid]],
    ['text', 'x'],
    ['a number', 1],
  ])('when the body is %s', async (_, body) => {
    expect(await fieldErrorsOf('POST', BASE_PATH, body)).toEqual(['# wrong_type']);
  });

  test('when there is no body at all', async () => {
    expect(await fieldErrorsOf('POST', BASE_PATH)).toEqual(['# wrong_type']);
  });
});

describe('ids may be', () => {
  test.each([
    ['64 characters long', longId(64)],
    ['256 bytes long', '😀'.repeat(64)],
    ['__proto__', '__proto__'],
    ['of any script', 'Ľubica Šťastná 李'],
  ])('%s', async (_, id) => {
    // The one error is elsewhere.
    const body = { ...valid, coordinator_id: id, mentor_ids: [id], duration_minutes: 0 };
    expect(await fieldErrorsOf('POST', BASE_PATH, body)).toEqual(['#/duration_minutes out_of_range']);
  });

  test('at most 64 characters even where JavaScript counts them double', async () => {
    expect(await fieldErrorsOf('POST', BASE_PATH, { ...valid, ...mentors('😀'.repeat(65)) })).toEqual([
      '#/mentor_ids/0 too_long',
    ]);
  });
});

describe('a retry is refused', () => {
  test.each<[string, unknown, string[]]>([
    ['without an action', {}, ['#/action missing']],
    ['for another action', { action: 'retry_all' }, ['#/action not_allowed']],
    ['for an action that is no text', { action: ['retry_failed'] }, ['#/action wrong_type']],
    [
      'for override_duplicates as text',
      { action: 'retry_failed', override_duplicates: 'yes' },
      ['#/override_duplicates wrong_type'],
    ],
    ['for an unknown field', { action: 'retry_failed', force: true }, ['#/force unknown_field']],
    ['for an empty list of mentors', { action: 'retry_failed', mentor_ids: [] }, ['#/mentor_ids too_short']],
    ['for repeated mentors', { action: 'retry_failed', mentor_ids: ['a', 'a'] }, ['#/mentor_ids/1 repeated']],
  ])('%s', async (_, body, expected) => {
    expect(await fieldErrorsOf('PUT', `${BASE_PATH}/bulk-001`, body)).toEqual(expected);
  });
});

describe('query parameters are refused', () => {
  test.each([
    ['page=0', ['page out_of_range']],
    ['page=-1', ['page out_of_range']],
    ['page=1.5', ['page wrong_type']],
    ['page=1e2', ['page wrong_type']],
    ['page=0x10', ['page wrong_type']],
    ['page=%201', ['page wrong_type']],
    ['page=', ['page wrong_type']],
    ['page', ['page wrong_type']],
    ['page=1&page=2', ['page wrong_type']],
    ['page=99999999999999999999', ['page wrong_type']],
    ['limit=101', ['limit out_of_range']],
    ['limit=x', ['limit wrong_type']],
    ['status=done', ['status not_allowed']],
    ['status=failed&status=completed', ['status wrong_type']],
    ['status=%zz', ['status not_allowed']],
    ['has_failures=1', ['has_failures wrong_type']],
    ['has_failures=TRUE', ['has_failures wrong_type']],
    ['from=2026-02-30', ['from wrong_format']],
    ['to=yesterday', ['to wrong_format']],
    ['from=2026-03-02&to=2026-03-01', ['from out_of_range']],
    ['coordinator_id=', ['coordinator_id too_short']],
    ['coordinator_id=a%00b', ['coordinator_id wrong_format']],
    ['label=', ['label too_short']],
    ['external_reference=', ['external_reference too_short']],
    [`external_reference=${'r'.repeat(201)}`, ['external_reference too_long']],
    ['after=', ['after too_short']],
    ['after=abc', ['after wrong_format']],
    ['page=2&after=abc', ['page not_allowed']],
    ['sort=id', ['sort not_allowed']],
    ['__proto__=1', ['__proto__ unknown_field']],
    ['constructor[prototype]=1', ['constructor[prototype] unknown_field']],
    ['a%2Fb=1', ['a/b unknown_field']],
  ])('%s', async (query, expected) => {
    expect(await fieldErrorsOf('GET', `${BASE_PATH}?${query}`)).toEqual(expected);
  });

  test('of the details', async () => {
    expect(await fieldErrorsOf('GET', `${BASE_PATH}/bulk-001?results=some`)).toEqual(['results not_allowed']);
  });

  test('of a registration and a retry, which take none', async () => {
    expect(await fieldErrorsOf('POST', `${BASE_PATH}?check=true`, valid)).toEqual(['check unknown_field']);
    const retry = CONTRACT_EXAMPLES.retryRequest;
    expect(await fieldErrorsOf('PUT', `${BASE_PATH}/bulk-001?check=true`, retry)).toEqual([
      'check unknown_field',
    ]);
  });

  test('of a deletion', async () => {
    expect(await fieldErrorsOf('DELETE', `${BASE_PATH}/bulk-001?only=delete`)).toEqual(['only not_allowed']);
  });
});

describe('very many fieldErrors', () => {
  async function problemOf(change: Record<string, unknown>): Promise<Problem> {
    const response = await app.inject({ method: 'POST', url: BASE_PATH, payload: { ...valid, ...change } });
    expect(response.payload.length).toBeLessThan(50_000);
    return response.json<Problem>();
  }

  test('are counted, and the first 100 listed', async () => {
    const ids = Array.from({ length: 1_204 }, () => '');
    const problem = await problemOf({ mentor_ids: ids });
    expect(problem.detail).toBe('1,204 fields are not valid; the first 100 are listed.');
    expect(problem.errors).toHaveLength(100);
    expect(problem.errors?.at(-1)).toEqual({
      pointer: '#/mentor_ids/99',
      code: 'too_short',
      detail: 'must not be empty',
    });
  });

  test('of 100,001 mentors are one: there are too many', async () => {
    const problem = await problemOf({ mentor_ids: Array.from({ length: 100_001 }, () => 1) });
    expect(problem.errors).toEqual([
      { pointer: '#/mentor_ids', code: 'too_long', detail: 'must have at most 100,000 entries' },
    ]);
    expect(problem.detail).toBe('mentor_ids must have at most 100,000 entries.');
  });

  test('of 100,000 mentors that are objects are named, and of unknown fields too', async () => {
    const objects = await problemOf({ mentor_ids: Array.from({ length: 100_000 }, () => ({ id: 'a' })) });
    expect(objects.detail).toBe('100,000 fields are not valid; the first 100 are listed.');
    expect(objects.errors?.[0]).toEqual({
      pointer: '#/mentor_ids/0',
      code: 'wrong_type',
      detail: 'must be text',
    });

    const fields = Array.from({ length: 90 }, (_, n) => [`field-${n}`, n] as const);
    expect((await problemOf(Object.fromEntries(fields))).errors).toHaveLength(90);

    const more = Array.from({ length: 200_000 }, (_, n) => [`field-${n}`, n] as const);
    expect((await problemOf(Object.fromEntries(more))).errors).toEqual([
      { pointer: '#', code: 'too_long', detail: 'must have at most 100 fields' },
    ]);
  });

  test('never repeat a value of the request', async () => {
    const secret = 'x'.repeat(100_000);
    const problem = await problemOf({ coordinator_id: secret, [secret]: 1, mentor_ids: [secret] });
    expect(JSON.stringify(problem).length).toBeLessThan(1_000);
  });
});

test('an error says in plain words what to do', async () => {
  const response = await app.inject({
    method: 'POST',
    url: BASE_PATH,
    payload: {
      ...valid,
      duration_minutes: 2000,
      mentor_ids: ['a', 'a'],
      notes: 3,
      activity_date: 'x',
      coordinator_id: '\u0007',
    },
  });
  expect(response.json<Problem>().errors?.map(({ detail }) => detail)).toEqual([
    'must not contain control characters',
    'must not repeat an earlier id (#/mentor_ids/0)',
    'must be a date of the calendar, written like 2026-03-28',
    'must be at most 1440',
    'must be text',
  ]);
});

test('each entry of a list is told what is wrong with it, whatever is wrong with the others', async () => {
  const payload = { ...valid, mentor_ids: ['  ', 'a\u0007b', 'ok'] };
  const response = await app.inject({ method: 'POST', url: BASE_PATH, payload });
  expect(response.json<Problem>().errors?.map(({ pointer, detail }) => [pointer, detail])).toEqual([
    ['#/mentor_ids/0', 'must not be blank'],
    ['#/mentor_ids/1', 'must not contain control characters'],
  ]);
});
