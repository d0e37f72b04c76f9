import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ServiceUnreachable } from './errors.ts';
import { readEvents, StreamsImpossible } from './event-stream.ts';
import type { Transport } from './transport.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** A stream that says this and then nothing more, without ever ending. */
function silentAfter(chunks: string[]): Transport {
  const body = new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
    },
  });
  const response = new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  return { urlOf: () => '', send: (_, __, read) => read(response) };
}

const next = (transport: Transport) =>
  readEvents(transport, 'bulk-001', {
    lastEventId: null,
    signal: undefined,
    onReconnectDelay: () => {},
  }).next();

async function failureAfter(ms: number, promise: Promise<unknown>): Promise<unknown> {
  let failure: unknown = null;
  promise.catch((error: unknown) => {
    failure = error;
  });
  await vi.advanceTimersByTimeAsync(ms);
  return failure;
}

test('a stream of which nothing arrives is kept back by something', async () => {
  const event = next(silentAfter([]));
  expect(await failureAfter(9_000, event)).toBe(null);
  expect(await failureAfter(1_000, event)).toBeInstanceOf(StreamsImpossible);
});

test('a stream that had begun and falls silent, without a heartbeat, is broken', async () => {
  const event = next(silentAfter([': here\n\n']));
  expect(await failureAfter(44_000, event)).toBe(null);
  expect(await failureAfter(1_000, event)).toBeInstanceOf(ServiceUnreachable);
});

test('an event may come in pieces, even within a letter', async () => {
  const bytes = new TextEncoder().encode('event: progress\nid: 7\ndata: {"id":"bülk"}\n\n');
  const response = new Response(
    new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  );
  const transport: Transport = { urlOf: () => '', send: (_, __, read) => read(response) };
  expect(await next(transport)).toEqual({
    done: false,
    value: { kind: 'state', id: '7', state: { id: 'bülk' } },
  });
});
