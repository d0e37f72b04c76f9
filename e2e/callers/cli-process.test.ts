import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient } from '@bulk/client';
import { mentors, registrationRequest, waitFor } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TcpProxy } from '../faults/tcp-proxy.ts';
import { httpTap } from './http-tap.ts';
import { type InProcessService, startInProcess } from './in-process-service.ts';

// What only a process of its own can show: signals, pipes, exit codes as the shell sees them.

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const PROGRAM = [process.execPath, '--import', 'tsx', '--conditions=@bulk/source', MAIN];

/** As from npx, which passes its own Ctrl-C on. Two different ones, because the same one twice may arrive as one. */
const TWICE = ['SIGINT', 'SIGTERM'] as const;

let service: InProcessService;
beforeAll(async () => {
  service = await startInProcess();
});
afterAll(() => service.close());

const create = async (mentor_ids: string[]) =>
  (await createClient({ baseUrl: service.url }).create(registrationRequest({ mentor_ids }))).id;

function start(command: string[]) {
  const [program, ...args] = command as [string, ...string[]];
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, BULK_URL: service.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { child, ended: once(child, 'exit') as Promise<[code: number | null, signal: string | null]> };
}

test('a reader that has seen enough is no failure', async () => {
  const id = await create(mentors('m', 50_000));
  const line = `${PROGRAM.join(' ')} results ${id} --format ndjson; echo "exit $?" >&2`;
  const { child, ended } = start(['sh', '-c', `(${line}) | head -n 1`]);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  expect(out).toBe('{"mentor_id":"m-1","activity_id":null,"status":"pending"}\n');
  expect(err).toBe('exit 0\n');
});

test('Ctrl-C ends a watch, and not the registration', async () => {
  const id = await create(['m-1']);
  const { child, ended } = start([...PROGRAM, 'watch', id]);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    if (err === '') for (const signal of TWICE) child.kill(signal);
    err += chunk;
  });
  expect(await ended).toEqual([130, null]);
  expect(err).toContain(`Stopped watching. ${id} continues. To cancel it: bulk cancel ${id}\n`);
});

test('Ctrl-C in the middle of a download leaves no part of the file', async () => {
  const id = await create(mentors('m', 50_000));
  const proxy = await TcpProxy.between(Number(new URL(service.url).port), httpTap);
  proxy.slowDown({ delayMs: 20, bytesPerMs: 100 });
  const folder = mkdtempSync(join(tmpdir(), 'bulk-cli-'));
  const args = ['results', id, '--output', join(folder, 'r.csv'), '--url', `http://127.0.0.1:${proxy.port}`];
  const { child, ended } = start([...PROGRAM, ...args]);
  await waitFor(() => existsSync(join(folder, 'r.csv.partial')));
  for (const signal of TWICE) child.kill(signal);
  expect(await ended).toEqual([130, null]);
  expect(readdirSync(folder)).toEqual([]);
  proxy.close();
  rmSync(folder, { recursive: true });
});
