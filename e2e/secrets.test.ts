import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASE_PATH } from '@bulk/contract';
import { createApiKey, createTestDeps, registrationRequest, type TestDeps } from '@bulk/core/testing';
import { findFreePort } from '@bulk/embedded';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ServiceProcess, startProcess } from './processes.ts';

const PASSWORD = 'correct-horse-battery-staple';

let deps: TestDeps;
let folder: string;
let url: string;
const processes: ServiceProcess[] = [];
const logs = ['api', 'worker'] as const;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-secrets-'));
  const port = await findFreePort();
  url = `http://127.0.0.1:${port}`;
  deps = await createTestDeps({
    settings: { PORT: String(port), LOG_LEVEL: 'trace', API_AUTH: 'keys', ADMIN_PASSWORD: PASSWORD },
  });
  for (const program of logs) {
    const output = openSync(join(folder, program), 'w');
    processes.push(await startProcess(program, deps.env, { isBuilt: true, output }));
  }
});
afterAll(async () => {
  await Promise.all(processes.map((process) => process.stop()));
  await deps.close();
  rmSync(folder, { recursive: true });
});

test('no log and no answer has a key, a password or an Idempotency-Key, whatever goes wrong', async () => {
  const scope = { coordinatorIds: null, expiresAt: null };
  const key = await createApiKey(deps.db, { name: 'front office', role: 'admin', ...scope });
  const idempotencyKey = 'idempotency-key-of-a-client';
  const answers: string[] = [];
  const ask = async (
    path: string,
    { headers = {}, ...init }: Omit<RequestInit, 'headers'> & { headers?: Record<string, string> } = {},
  ) => {
    const authorization = `Bearer ${key}`;
    const response = await fetch(`${url}${path}`, { ...init, headers: { authorization, ...headers } });
    answers.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  };
  const submit = (body: string) =>
    ask(BASE_PATH, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
    });

  expect(await submit(JSON.stringify(registrationRequest()))).toBe(202);
  expect(await submit(JSON.stringify(registrationRequest({ notes: 'another' })))).toBe(422);
  expect(await submit('{')).toBe(400);
  expect(await ask(`${BASE_PATH}?api_key=${key}`)).toBe(400);
  expect(await ask(`${BASE_PATH}?api_key=${key}`, { headers: { authorization: `Bearer ${key}x` } })).toBe(
    401,
  );
  const basic = Buffer.from(`admin:${PASSWORD}`).toString('base64');
  expect(await ask('/admin/queues/', { headers: { authorization: `Basic ${basic}` } })).toBe(200);
  expect(await ask('/admin/queues/', { headers: { authorization: `Basic ${basic}x` } })).toBe(401);
  await deps.database.goAway();
  expect(await submit(JSON.stringify(registrationRequest()))).toBe(503);
  expect(await ask('/readyz')).toBe(503);
  await deps.database.comeBack();

  const written = logs.map((program) => readFileSync(join(folder, program), 'utf8'));
  expect(written[0]).toContain('request answered');
  const secrets = [
    key.slice('bulk_00000000_'.length),
    PASSWORD,
    basic,
    idempotencyKey,
    new URL(deps.config.databaseUrl).password,
  ];
  for (const secret of secrets) {
    for (const text of [...written, ...answers]) expect(text.includes(secret)).toBe(false);
  }
});
