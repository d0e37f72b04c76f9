import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiProblem, type ClientOptions, createClient, type RegistrationState } from '@bulk/client';
import { createApiKey, registrationRequest } from '@bulk/core/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BulkOptions, bulk } from './bulk.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

// A service that asks for keys, and its callers.

const ADVICE =
  'Give a valid key with --key-file or BULK_API_KEY. The operator of the service creates keys.\n';

let service: InProcessService;
let folder: string;
let coordinator: string;
let viewer: string;
/** May act for coord-1 only. */
let scoped: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-keys-'));
  service = await startInProcess({ API_AUTH: 'keys' });
  const { db } = service.deps;
  const all = { coordinatorIds: null, expiresAt: null };
  coordinator = await createApiKey(db, { ...all, name: 'front office', role: 'coordinator' });
  viewer = await createApiKey(db, { ...all, name: 'screen in the hall', role: 'viewer' });
  scoped = await createApiKey(db, { ...all, name: 'one', role: 'coordinator', coordinatorIds: ['coord-1'] });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await service.close();
});

let day = 0;
/** For mentors who have nothing yet: no other test's registration is on this day. */
function request(fields: Parameters<typeof registrationRequest>[0] = {}) {
  day += 1;
  const activity_date = new Date(Date.UTC(2032, 0, day)).toISOString().slice(0, 10);
  return registrationRequest({ activity_date, ...fields });
}

describe('the client', () => {
  const clientWith = (apiKey: ClientOptions['apiKey'], options: Partial<ClientOptions> = {}) =>
    createClient({ baseUrl: service.url, apiKey, ...options });

  async function problemOf(promise: Promise<unknown>): Promise<ApiProblem> {
    const error = await promise.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ApiProblem);
    return error as ApiProblem;
  }

  test('sends its key with every request, also for the event stream and a download', async () => {
    const client = clientWith(coordinator);
    const fields = request();
    await service.work((await client.create(fields)).id);
    expect(await client.dryRun(fields)).toMatchObject({ failure_count: 4 });

    const { id } = await client.create(fields);
    const states: RegistrationState[] = [];
    for await (const state of client.watch(id)) {
      states.push(state);
      if (states.length === 1) await service.work(id);
    }
    // Polling does not know how many wait ahead, so these came by the stream.
    expect(states.map(({ waiting_ahead }) => waiting_ahead)).not.toContain(null);
    expect(states.at(-1)).toMatchObject({ status: 'failed', failure_count: 4 });

    const failed: string[] = [];
    for await (const { mentor_id } of client.results(id)) failed.push(mentor_id);
    expect(failed).toHaveLength(4);
    const { body } = await client.download(id, { format: 'csv' });
    expect((await new Response(body).text()).split('\r\n')).toHaveLength(6);
    await client.retryFailed(id, { overrideDuplicates: true });
    await client.cancel(id);
    expect((await client.get(id)).details.history).toMatchObject([
      { action: 'accepted', by: 'front office' },
      { action: 'retried', by: 'front office', mentor_count: 4, override_duplicates: true },
      { action: 'cancelled', by: 'front office' },
    ]);
    await client.delete(id);
    expect((await problemOf(client.get(id))).status).toBe(404);
  });

  test('asks a function for the key each time', async () => {
    let key: string | undefined;
    const client = clientWith(() => key);
    expect(await problemOf(client.list())).toMatchObject({ status: 401, code: 'unauthorized' });
    key = viewer;
    expect((await client.list()).data).toBeInstanceOf(Array);
  });

  test('a refused key is a problem at once, not repeated, and named nowhere', async () => {
    const repeated: Error[] = [];
    const onRetry = ({ error }: { error: Error }) => void repeated.push(error);
    const wrong = `bulk_00000000_${'a'.repeat(43)}`;
    const { id } = await clientWith(coordinator).create(request());
    const refusals = [
      await problemOf(clientWith(wrong, { onRetry }).create(request())),
      await problemOf(clientWith(wrong, { onRetry }).wait(id)),
      await problemOf(clientWith(viewer, { onRetry }).create(request())),
    ];
    expect(refusals.map(({ status, code }) => [status, code])).toEqual([
      [401, 'unauthorized'],
      [401, 'unauthorized'],
      [403, 'forbidden'],
    ]);
    for (const { message, stack } of refusals) expect(`${message}${stack}`).not.toMatch(/bulk_0000|aaaa/);
    expect(repeated).toEqual([]);
  });

  test.each(['', 'bulk_secret\nx: y', 'bulk_secret key', 'bulk_secrét'])(
    'what can be no key is not sent: %j',
    async (text) => {
      let sent = 0;
      const client = clientWith(text, {
        fetch: (...args) => {
          sent += 1;
          return fetch(...args);
        },
      });
      const problem = await problemOf(client.list());
      expect([problem.status, problem.code, sent]).toEqual([401, 'unauthorized', 0]);
      expect(String(problem.stack)).not.toContain('secr');
    },
  );
});

describe('the command line', () => {
  /** Runs it against the service. */
  const run = (args: string[], env: Record<string, string> = {}, options: BulkOptions = {}) =>
    bulk(args, { ...options, env: { BULK_URL: service.url, ...env } });

  function keyFile(name: string, text: string, mode = 0o600): string {
    const path = join(folder, name);
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  }

  const submit = (date: string, ...more: string[]) => [
    ...['submit', '-', '--coordinator', 'coord-1', '--activity-type', 'workshop', '--date', date],
    ...['--duration', '60', ...more],
  ];

  test('without a key it says what to do, and ends with 2', async () => {
    expect(await run(['list'])).toEqual({
      code: 2,
      out: '',
      err: `Error: Send your key in the header Authorization: Bearer <key>.\n${ADVICE}`,
    });
    expect((await run(['list'], { BULK_API_KEY: '' })).err).toContain(ADVICE);
  });

  test('takes the key from the environment, and the file before it', async () => {
    expect((await run(['list'], { BULK_API_KEY: viewer })).code).toBe(0);
    const file = keyFile('good', `${viewer}\n`);
    expect(await run(['list', '--key-file', file], { BULK_API_KEY: 'wrong' })).toMatchObject({
      code: 0,
      err: expect.not.stringContaining('Warning'),
    });
    const wrong = keyFile('wrong', 'wrong');
    const refused = await run(['list', '--key-file', wrong], { BULK_API_KEY: viewer });
    expect(refused).toMatchObject({
      code: 2,
      err: `Error: This key is not valid: unknown, revoked or expired.\n${ADVICE}`,
    });
  });

  test('warns of a file that others may read', async () => {
    const file = keyFile('open', viewer, 0o640);
    const { code, err } = await run(['list', '--key-file', file]);
    expect(code).toBe(0);
    expect(err).toContain(`Warning: other users may access ${file}, which has your key.`);
    expect(err).not.toContain(viewer);
  });

  test.each([
    ['empty', ' \n', 'is empty'],
    ['of two lines', 'bulk_1\nbulk_2\n', 'must have one line, which is the key'],
  ])('a file that is %s is wrong usage', async (name, text, message) => {
    const file = keyFile(name, text);
    expect(await run(['list', '--key-file', file], { BULK_API_KEY: viewer })).toEqual({
      code: 2,
      out: '',
      err: `Error: --key-file ${file} ${message}\n`,
    });
  });

  test('a key in the place of the file is not repeated', async () => {
    const { code, err } = await run(['list', '--key-file', viewer]);
    expect([code, err]).toEqual([2, 'Error: Cannot read the file of --key-file (ENOENT)\n']);
  });

  test('a password in the address is refused, and not repeated', async () => {
    const { code, err } = await run(['list', '--url', 'http://me:secret@localhost:3000']);
    expect([code, err]).toEqual([2, 'Error: --url must have no user name and no password\n']);
  });

  test('says what a key does not allow, and ends with 2', async () => {
    const { code, err } = await run(submit('2033-01-01'), { BULK_API_KEY: viewer }, { stdin: 'm-1' });
    expect(code).toBe(2);
    expect(err).toBe(
      '1 mentor\nError: This needs the role coordinator; yours is viewer.\n' +
        'Use a key that allows this. The operator of the service creates keys.\n',
    );
  });

  test('status shows who did what and when', async () => {
    const env = { BULK_API_KEY: coordinator };
    const args = submit('2033-01-02');
    await service.work((await run(args, env, { stdin: 'm-1' })).out.trim());
    const id = (await run(args, env, { stdin: 'm-1\nm-2' })).out.trim();
    await service.work(id);
    await run(['retry', id, '--override-duplicates'], env);
    await run(['cancel', id], { BULK_API_KEY: scoped });
    const { out } = await run(['status', id], { BULK_API_KEY: viewer });
    const moment = String.raw`\d{4}-\d\d-\d\dT[\d:.]+Z`;
    expect(out).toMatch(
      new RegExp(
        String.raw`\n {2}Accepted {9}${moment} by front office: 2 mentors` +
          String.raw`\n {2}Retried {10}${moment} by front office: 1 mentor, with override` +
          String.raw`\n {2}Cancelled {8}${moment} by one\n`,
      ),
    );
  });

  test('a duplicate of another coordinator is one, and not named', async () => {
    const other = request({ coordinator_id: 'coord-2', activity_type: 'workshop', mentor_ids: ['m-1'] });
    const { id } = await createClient({ baseUrl: service.url, apiKey: coordinator }).create(other);
    await service.work(id);
    const args = submit(other.activity_date, '--dry-run');
    const { code, out } = await run(args, { BULK_API_KEY: scoped }, { stdin: 'm-1' });
    expect(code).toBe(1);
    expect(out).toContain('Duplicates:\n  m-1  already has it, from another coordinator\n');
  });

  test('results come with the key, into a file too', async () => {
    const env = { BULK_API_KEY: coordinator };
    const id = (await run(submit('2033-01-03'), env, { stdin: 'm-1' })).out.trim();
    await service.work(id);
    const output = join(folder, 'results.csv');
    expect((await run(['results', id, '--output', output], env)).code).toBe(0);
    expect(readFileSync(output, 'utf8')).toMatch(/^m-1,success/m);
  });
});
