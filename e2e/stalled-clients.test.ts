import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { BASE_PATH, type Problem } from '@bulk/contract';
import { registrationRequest, waitFor } from '@bulk/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from './service.ts';

// What clients that stop in the middle may cost the API: 512 MB, with a heap of half of that.

const STALLED = 200;
const MAX_BYTES = 512 * 2 ** 20;

let service: Service;
const sockets: Socket[] = [];
beforeAll(async () => {
  service = await startService('postgres', { NODE_OPTIONS: '--max-old-space-size=256' });
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await service.close();
});

/** A client that sends `request`, and reads nothing after the first bytes of an answer. */
function openStalled(request: string | Buffer): Promise<'answered' | 'closed'> {
  const socket = connect(Number(new URL(service.url).port), '127.0.0.1');
  sockets.push(socket);
  socket.write(request);
  return new Promise((resolve) => {
    socket.once('data', () => {
      socket.pause();
      resolve('answered');
    });
    socket.on('error', () => {}).once('close', () => resolve('closed'));
  });
}

function residentBytes(): number {
  const status = readFileSync(`/proc/${service.api.pid}/status`, 'utf8');
  return 1_024 * Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]);
}

/** What others want meanwhile. */
async function expectServed(): Promise<void> {
  const id = await service.submit(registrationRequest());
  expect(await service.details(id)).toMatchObject({ id });
}

const longIds = Array.from({ length: 100_000 }, (_, index) => `mentor-${index}`.padEnd(64, '\u4e00'));

test('clients that stop reading a large answer hold a page of it each', async () => {
  const id = await service.submit(registrationRequest({ mentor_ids: longIds }));
  const request = `GET ${BASE_PATH}/${id} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const stalled = await Promise.all(Array.from({ length: STALLED }, () => openStalled(request)));
  expect(stalled).toEqual(Array(STALLED).fill('answered'));
  await expectServed();
  expect(residentBytes()).toBeLessThan(MAX_BYTES);
});

test('clients that stop sending a large body are refused when they take too much together', async () => {
  const head = `POST ${BASE_PATH} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ${32 * 2 ** 20}\r\n\r\n`;
  const part = Buffer.concat([Buffer.from(head), Buffer.alloc(8 * 2 ** 20, 0x20)]);
  const ended = Array.from({ length: STALLED }, () => openStalled(part));
  let refused = 0;
  for (const each of ended) void each.then(() => refused++);
  // Six of them have the room of 48 MiB.
  await waitFor(async () => refused >= STALLED - 7);
  await expectServed();
  const answer = await fetch(`${service.url}${BASE_PATH}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(registrationRequest({ mentor_ids: longIds.slice(0, 50_000) })),
  });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
  expect(await answer.json()).toMatchObject({
    detail: 'Too many large requests are arriving at once.',
  } satisfies Partial<Problem>);
  expect(residentBytes()).toBeLessThan(MAX_BYTES);
});
