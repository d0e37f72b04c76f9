import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { BASE_PATH, CONTRACT_EXAMPLES, type Problem } from '@bulk/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { App } from './fastify-app.ts';
import { buildRefusingApp } from './testing/build-refusing-app.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let app: App;
beforeAll(async () => {
  app = await buildRefusingApp({ bodyLimitBytes: 4 * 1024 * 1024 });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => app.close());

interface Sent {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'OPTIONS';
  url?: string;
  payload?: string | Buffer;
  headers?: Record<string, string>;
}

/** The problem that answers, which has every field it needs and says nothing about our insides. */
async function problemFor({ method = 'POST', url = BASE_PATH, ...rest }: Sent): Promise<Problem> {
  const response = await app.inject({ method, url, ...rest });
  expect(response.headers['content-type']).toBe('application/problem+json; charset=utf-8');
  const problem = response.json<Problem>();
  expect(problem.status).toBe(response.statusCode);
  expect(problem).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
  });
  expect(response.payload).not.toMatch(/FST_|ajv|prisma|node_modules|secure-json/i);
  return problem;
}

describe('a body', () => {
  test.each<[string, string | Buffer]>([
    ['of broken JSON', '{"coordinator_id": '],
    ['of JSON and more', '{} {}'],
    ['of white space', '  '],
    ['with a comment', '{} // yes'],
    ['with NaN', '{"duration_minutes": NaN}'],
    ['in Latin-1', Buffer.from('{"coordinator_id": "J\xfcrgen"}', 'latin1')],
    ['in UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
    ['cut within a character', Buffer.from('{"coordinator_id": "ü"}').subarray(0, 21)],
    ['with an encoded surrogate', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['of a million lists', '['.repeat(1_000_000)],
    ['of a million objects', `[${'{},'.repeat(999_999)}{}]`],
    ['of 300,000 fields', `{${Array.from({ length: 300_000 }, (_, n) => `"k${n}":1`).join(',')}}`],
  ])('%s could not be understood', async (_, payload) => {
    const problem = await problemFor({ payload, headers: JSON_TYPE });
    expect(problem).toMatchObject({ status: 400, type: 'urn:bulk-registrations:problem:bad-request' });
  });

  test('of broken JSON is answered with the place, where it is known', async () => {
    const problem = await problemFor({ payload: '{"a" 1}', headers: JSON_TYPE });
    expect(problem.detail).toBe('The request body is not valid JSON, at character 6.');
  });

  test.each([
    ['__proto__', '{"__proto__": {"isAdmin": true}}', '#/__proto__'],
    ['an escaped __proto__', '{"\\u005f_proto__": 1}', '#/__proto__'],
    ['__proto__ further in', '{"mentor_ids": [{"__proto__": 1}]}', '#/mentor_ids/0/__proto__'],
    ['constructor', '{"constructor": {"prototype": {"a": 1}}}', '#/constructor'],
  ])('with %s is refused, and the key named', async (_, payload, pointer) => {
    const problem = await problemFor({ payload, headers: JSON_TYPE });
    expect(problem.status).toBe(400);
    expect(problem.errors).toMatchObject([{ pointer, code: 'unknown_field' }]);
  });

  test.each<[string, Record<string, string>]>([
    ['text', { 'content-type': 'text/plain' }],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['something like JSON', { 'content-type': 'application/vnd.api+json' }],
    ['what is no media type', { 'content-type': 'json' }],
    ['nothing in particular', {}],
  ])('that says it is %s is an unsupported one', async (_, headers) => {
    const problem = await problemFor({ payload: Buffer.from('{}'), headers });
    expect(problem).toMatchObject({
      status: 415,
      type: 'urn:bulk-registrations:problem:unsupported-media-type',
    });
  });

  test('that is compressed is an unsupported one, and the header is named', async () => {
    const headers = { ...JSON_TYPE, 'content-encoding': 'gzip' };
    const problem = await problemFor({ payload: gzipSync('{}'), headers });
    expect(problem).toMatchObject({
      status: 415,
      errors: [{ header: 'content-encoding', code: 'not_allowed' }],
    });
  });

  test('that is in another encoding is an unsupported one, and the header is named', async () => {
    for (const charset of ['latin1', '"ISO-8859-1"', 'utf-16']) {
      const headers = { 'content-type': `application/json; charset=${charset}` };
      expect(await problemFor({ payload: Buffer.from('{}'), headers })).toMatchObject({
        status: 415,
        errors: [{ header: 'content-type', code: 'not_allowed' }],
      });
    }
  });

  test.each([
    'application/json',
    'application/json; charset="utf-8"',
    'application/json; charset=utf-8',
    'APPLICATION/JSON;charset=UTF-8',
  ])('as %s is read', async (type) => {
    const problem = await problemFor({ payload: '\ufeff{"extra": 1}', headers: { 'content-type': type } });
    expect(problem.errors).toContainEqual(expect.objectContaining({ pointer: '#/extra' }));
  });

  test('that is too large is refused, whether it says so or not', async () => {
    const payload = Buffer.alloc(4 * 1024 * 1024 + 1, ' ');
    const problem = await problemFor({ payload, headers: JSON_TYPE });
    expect(problem).toMatchObject({ status: 413, detail: 'The request body must have at most 4 MiB.' });

    const streamed = await fetch(`http://127.0.0.1:${port()}${BASE_PATH}`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: new Blob([payload]).stream(),
      duplex: 'half',
    });
    expect(streamed.status).toBe(413);
  });

  test('may be missing from a deletion, and from what is refused before it is read', async () => {
    const problem = await problemFor({
      method: 'DELETE',
      url: `${BASE_PATH}/bulk-001?only=x`,
      headers: JSON_TYPE,
    });
    expect(problem.errors).toMatchObject([{ parameter: 'only' }]);
  });
});

describe('an id that is no registration is a 404', () => {
  const odd = [
    'bulk-1',
    'bulk-0001',
    'bulk-000',
    'BULK-001',
    'bulk-',
    '1',
    'pa-001',
    'bulk-001x',
    'bulk-001%0A',
    '%20bulk-001',
    'bulk--01',
    'bulk-1e3',
    'bulk-9223372036854775808',
    'bulk-99999999999999999999',
    'null',
    'undefined',
    '__proto__',
    'constructor',
    '%00',
    '%F0%9F%98%80',
    'bulk%2F001',
    '..%2F..%2Fetc%2Fpasswd',
    "bulk-001'%20or%201=1--",
    'bulk-٠٠١',
    '*',
    ':id',
    'a'.repeat(200),
    'a'.repeat(15_000),
  ];
  test.each(odd)('%s', async (id) => {
    for (const method of ['GET', 'PUT', 'DELETE'] as const) {
      const sent =
        method === 'PUT'
          ? { payload: JSON.stringify(CONTRACT_EXAMPLES.retryRequest), headers: JSON_TYPE }
          : {};
      const problem = await problemFor({ method, url: `${BASE_PATH}/${id}`, ...sent });
      expect(problem).toMatchObject({
        status: 404,
        type: 'urn:bulk-registrations:problem:registration-not-found',
      });
    }
  });

  test('even with a body that is not valid either', async () => {
    const problem = await problemFor({
      method: 'PUT',
      url: `${BASE_PATH}/odd`,
      payload: '{',
      headers: JSON_TYPE,
    });
    expect(problem.status).toBe(404);
  });
});

describe('an address that is none is a 404', () => {
  test.each([
    '/api',
    `${BASE_PATH}/bulk-001/more`,
    '/API/V1/bulk-registrations',
    `${BASE_PATH}/%zz`,
    `${BASE_PATH}/%`,
    '/%c0%ae',
    '/admin/queues',
    '/.env',
    '/../package.json',
  ])('%s', async (url) => {
    expect((await problemFor({ method: 'GET', url })).status).toBe(404);
  });
});

describe('a method that an address does not have is a 405 that names those it has', () => {
  test.each([
    ['PUT', BASE_PATH, 'GET, HEAD, POST'],
    ['DELETE', `${BASE_PATH}?page=1`, 'GET, HEAD, POST'],
    ['OPTIONS', BASE_PATH, 'GET, HEAD, POST'],
    ['POST', `${BASE_PATH}/bulk-001`, 'DELETE, GET, HEAD, PUT'],
    ['PATCH', `${BASE_PATH}/no-id`, 'DELETE, GET, HEAD, PUT'],
    ['GET', `${BASE_PATH}/bulk-001/undo`, 'POST'],
  ] as const)('%s %s', async (method, url, allow) => {
    const answer = await app.inject({ method, url });
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, allow]);
    expect(answer.json()).toMatchObject({
      type: 'urn:bulk-registrations:problem:method-not-allowed',
      detail: `${method} is not possible here, only ${allow}.`,
    });
  });
});

describe('what is hardly HTTP', () => {
  test.each([
    ['is no request', 'HELLO\r\n\r\n', 400],
    ['has no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    [
      'has two lengths',
      `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
      400,
    ],
    [
      'has a length and chunks',
      `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}`,
      400,
    ],
    ['has a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n', 400],
    ['has headers without end', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'expects what nobody knows',
      'GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: magic\r\n\r\n',
      404,
    ],
    ['has an address without end', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    const answer = await exchange(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status });
    expect(answer).not.toContain('HPE_');
  });
});

function port(): number {
  return (app.server.address() as AddressInfo).port;
}

function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port(), '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
    });
    socket.on('end', () => resolve(answer)).on('error', reject);
  });
}
