import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { createClient } from '@bulk/client';
import { mentors, registrationRequest } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

// What only a process of its own can show: signals, pipes, exit codes as the shell sees them.

const MAIN = fileURLToPath(new URL('../../apps/cli/src/main.ts', import.meta.url));
const PROGRAM = [process.execPath, '--import', 'tsx', '--conditions=@bulk/source', MAIN];

let service: Service;
beforeAll(async () => {
  service = await startService();
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

test('Ctrl-C ends a watch, and not the registration; twice at once, as from npx, is once', async () => {
  const id = await create(['m-1']);
  const { child, ended } = start([...PROGRAM, 'watch', id]);
  let err = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    // Of two, because the same one twice may arrive as one.
    if (err === '') for (const signal of ['SIGINT', 'SIGTERM'] as const) child.kill(signal);
    err += chunk;
  });
  expect(await ended).toEqual([130, null]);
  expect(err).toContain(`No longer watching. ${id} goes on; to stop it: bulk cancel ${id}\n`);
});
