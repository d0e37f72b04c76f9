import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { MentorResult, Problem, ResultsResponse } from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import type { Database } from '@bulk/core';
import { createTestDeps, mentors, runChain, submit, type TestDeps, waitFor } from '@bulk/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

let deps: TestDeps;
let app: App;
let pagesRead = 0;
beforeAll(async () => {
  deps = await createTestDeps({ backend: 'memory' });
  app = await buildApp({ ...deps, db: countingPages(deps.db) });
  await app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await app.close();
  await deps.close();
});

/** Every statement of a download is a page. */
function countingPages(db: Database): Database {
  const prisma = new Proxy(db.prisma, {
    get(client, name) {
      if (name === '$queryRaw') pagesRead += 1;
      return Reflect.get(client, name);
    },
  });
  return { ...db, prisma };
}

const get = (id: string, query = '') => app.inject({ url: `${BASE_PATH}/${id}/results${query}` });

async function submitAndRun(mentor_ids: string[], activity_type: string): Promise<string> {
  const id = await submit(deps, { mentor_ids, activity_type });
  await runChain(deps, id);
  return id;
}

/** Texts that break naive files, or run as a formula. */
const ODD = [
  '=cmd|calc!A1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\uff1d1',
  'a,b',
  'say "hi"',
  "it's",
  ' leading',
  'ü😀',
  '__proto__',
  '<b>',
];

describe('json', () => {
  test('comes in pages, in input order, each with its place', async () => {
    const id = await submitAndRun(mentors('m', 5), 'json');
    const first = (await get(id, '?limit=2')).json<ResultsResponse>();
    expect(first).toEqual({
      id,
      status: 'completed',
      complete: true,
      data: ['m-1', 'm-2'].map((mentor_id) => ({
        mentor_id,
        activity_id: expect.stringMatching(/^pa-\d{3,}$/),
        status: 'success',
      })),
      pagination: { limit: 2, next_cursor: expect.any(String) },
    });
    const rest = await get(id, `?after=${first.pagination.next_cursor}`);
    expect(rest.headers).toMatchObject({
      'results-complete': 'true',
      'cache-control': 'private, no-cache',
      'content-type': 'application/json; charset=utf-8',
    });
    expect(rest.json<ResultsResponse>().data.map(({ mentor_id }) => mentor_id)).toEqual([
      'm-3',
      'm-4',
      'm-5',
    ]);
    expect(rest.json<ResultsResponse>().pagination).toEqual({ limit: 1_000, next_cursor: null });
  });

  test('shows why a mentor failed, and the activity it clashes with', async () => {
    await submitAndRun(['b'], 'clash');
    const id = await submitAndRun(['a', 'b'], 'clash');
    const { data } = (await get(id, '?code=duplicate')).json<ResultsResponse>();
    expect(data).toEqual([
      {
        mentor_id: 'b',
        activity_id: null,
        status: 'failed',
        error: { code: 'duplicate', message: 'The mentor already has this activity on this date.' },
        existing_activity_id: expect.stringMatching(/^pa-\d{3,}$/),
      },
    ]);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['after=x', 'after'],
    ['status=done', 'status'],
    ['code=oops', 'code'],
    ['format=xlsx', 'format'],
    ['status=success&code=duplicate', 'status'],
    ['page=2', 'page'],
  ])('with %s is refused, and the parameter named', async (query, parameter) => {
    const answer = await get(await submit(deps), `?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<Problem>().errors?.map((fieldError) => fieldError.parameter)).toEqual([parameter]);
  });

  test('of nothing is a 404', async () => {
    for (const format of ['json', 'csv', 'ndjson']) {
      const answer = await get('bulk-9999', `?format=${format}`);
      expect([answer.statusCode, answer.headers['content-type']]).toEqual([
        404,
        'application/problem+json; charset=utf-8',
      ]);
    }
  });
});

describe('csv', () => {
  test('is RFC 4180, and nothing in it runs as a formula', async () => {
    await submitAndRun(['a,b'], 'odd');
    const id = await submitAndRun(ODD, 'odd');
    const answer = await get(id, '?format=csv');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${id}-results.csv"`,
      'results-complete': 'true',
    });
    const [header, ...lines] = answer.payload.split('\r\n');
    expect(header).toBe('mentor_id,status,activity_id,error_code,error_message,existing_activity_id');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => line.replace(/pa-\d+/g, 'pa'))).toEqual([
      "'=cmd|calc!A1,success,pa,,,",
      "'+1,success,pa,,,",
      "'-1,success,pa,,,",
      "'@SUM(A1),success,pa,,,",
      "'\uff1d1,success,pa,,,",
      '"a,b",failed,,duplicate,The mentor already has this activity on this date.,pa',
      '"say ""hi""",success,pa,,,',
      "it's,success,pa,,,",
      ' leading,success,pa,,,',
      'ü😀,success,pa,,,',
      '__proto__,success,pa,,,',
      '<b>,success,pa,,,',
    ]);
  });

  test('has its header also where there is nothing to list, and says while processing that it is not all', async () => {
    const answer = await get(await submit(deps), '?format=csv&status=failed');
    expect(answer.payload).toBe(
      'mentor_id,status,activity_id,error_code,error_message,existing_activity_id\r\n',
    );
    expect(answer.headers['results-complete']).toBe('false');
    expect(answer.headers['content-disposition']).toMatch(/-results-incomplete\.csv"$/);
  });
});

describe('ndjson', () => {
  test('is one result a line, of all pages', async () => {
    const mentor_ids = [...ODD, ...mentors('n', 3_000)];
    const id = await submitAndRun(mentor_ids, 'ndjson');
    const answer = await get(id, '?format=ndjson');
    expect(answer.headers['content-type']).toBe('application/x-ndjson');
    const results = answer.payload
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MentorResult);
    expect(results.map(({ mentor_id }) => mentor_id)).toEqual(mentor_ids);
    expect(Object.keys(results[0] ?? {})).toEqual(['mentor_id', 'activity_id', 'status']);
  });

  test('takes a limit, and goes on after a page', async () => {
    const id = await submitAndRun(mentors('m', 7), 'limit');
    const { next_cursor } = (await get(id, '?limit=3')).json<ResultsResponse>().pagination;
    const { payload } = await get(id, `?format=ndjson&limit=2&after=${next_cursor}`);
    expect(payload.split('\n').map((line) => line.slice(0, 20))).toEqual([
      '{"mentor_id":"m-4","',
      '{"mentor_id":"m-5","',
      '',
    ]);
  });
});

test('HEAD tells what GET would, without reading it', async () => {
  const id = await submitAndRun(mentors('m', 3), 'head');
  const answer = await app.inject({ method: 'HEAD', url: `${BASE_PATH}/${id}/results?format=csv` });
  expect([answer.statusCode, answer.payload, answer.headers['results-complete']]).toEqual([200, '', 'true']);
});

describe('a download', () => {
  let large: string;
  beforeAll(async () => {
    large = await submitAndRun(
      mentors('a-mentor-with-quite-a-long-id-so-that-it-fills-the-buffers', 100_000),
      'large',
    );
  });

  /** A client that asks, and reads nothing yet. */
  async function ask(): Promise<Socket> {
    const { port } = app.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').pause();
    await once(socket, 'connect');
    socket.write(
      `GET ${BASE_PATH}/${large}/results?format=ndjson HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    return socket;
  }

  test('that nobody reads waits, and one whose reader leaves stops', async () => {
    const accepted = once(app.server, 'connection') as Promise<[Socket]>;
    const reader = await ask();
    const [socket] = await accepted;
    await waitFor(() => socket.writableNeedDrain);
    const read = pagesRead;
    expect(read).toBeLessThan(80);
    reader.destroy();
    await waitFor(() => socket.destroyed);
    await get(large, '?limit=1');
    expect(pagesRead).toBeLessThanOrEqual(read + 3);
  });

  test('is cut off, not ended, when the registration is deleted meanwhile', async () => {
    const socket = await ask();
    let text = '';
    socket.setEncoding('latin1').on('data', (chunk: unknown) => {
      text += String(chunk);
      if (!socket.isPaused() && text.length < 200_000) {
        socket.pause();
        void app.inject({ method: 'DELETE', url: `${BASE_PATH}/${large}` }).then(() => socket.resume());
      }
    });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(text.endsWith('\r\n0\r\n\r\n')).toBe(false);
  });
});
