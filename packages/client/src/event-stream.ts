import type { RegistrationState } from '@bulk/contract';
import { createParser } from 'eventsource-parser';
import { ServiceUnreachable } from './errors.ts';
import { pathOf } from './snapshot.ts';
import type { Transport } from './transport.ts';

/** The service says something at once, and then every 15 s at least. */
const FIRST_BYTE_MS = 10_000;
const SILENCE_MS = 45_000;

export type StreamEvent =
  | { kind: 'state'; id: string | null; state: RegistrationState }
  /** Its end was told before. */
  | { kind: 'nothing_new' }
  | { kind: 'gone' };

export interface StreamOptions {
  /** Of the last event seen: goes on from there. */
  lastEventId: string | null;
  signal: AbortSignal | undefined;
  /** The service says how long to wait before coming back. */
  onReconnectDelay: (ms: number) => void;
}

/** No stream comes through here: what lies between keeps it back, or knows nothing of it. */
export class StreamsImpossible extends Error {}

/**
 * The events of one connection; ends when the service closes it.
 *
 * Not by EventSource, which Node 20 lacks and which takes no headers.
 *
 * @throws StreamsImpossible, ServiceUnreachable when it breaks, ApiProblem
 */
export async function* readEvents(
  transport: Transport,
  id: string,
  { lastEventId, signal, onReconnectDelay }: StreamOptions,
): AsyncGenerator<StreamEvent, void, undefined> {
  const connection = new AbortController();
  const connected = signal ? AbortSignal.any([signal, connection.signal]) : connection.signal;
  try {
    const headers = {
      accept: 'text/event-stream',
      ...(lastEventId !== null && { 'last-event-id': lastEventId }),
    };
    const response = await transport.send(
      { method: 'GET', path: `${pathOf(id)}/events`, headers },
      { signal: connected, tries: 1 },
      async (answer) => answer,
    );
    const body = bodyOf(response);
    if (body === null) yield { kind: 'nothing_new' };
    else yield* parse(body, { signal, onReconnectDelay });
  } finally {
    connection.abort();
  }
}

/** null: 204, nothing more will come. */
function bodyOf({ status, headers, body }: Response): ReadableStream<Uint8Array> | null {
  if (status === 204) return null;
  const isStream = headers.get('content-type')?.startsWith('text/event-stream');
  if (isStream && body !== null) return body;
  throw new StreamsImpossible('The answer is no event stream');
}

async function* parse(
  body: ReadableStream<Uint8Array>,
  { signal, onReconnectDelay }: Pick<StreamOptions, 'signal' | 'onReconnectDelay'>,
): AsyncGenerator<StreamEvent, void, undefined> {
  let arrived: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ event, id, data }) => {
      if (event === 'gone') arrived.push({ kind: 'gone' });
      if (event !== 'progress' && event !== 'end') return;
      const state = JSON.parse(data) as RegistrationState;
      arrived.push({ kind: 'state', id: id ?? null, state });
    },
    onRetry: onReconnectDelay,
  });
  for await (const text of textOf(body, signal)) {
    parser.feed(text);
    yield* arrived;
    arrived = [];
  }
}

async function* textOf(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let hasBegun = false;
  for (;;) {
    const chunk = await within(hasBegun ? SILENCE_MS : FIRST_BYTE_MS, reader.read()).catch(
      (error: unknown) => {
        signal?.throwIfAborted();
        if (error instanceof Silence && !hasBegun) throw new StreamsImpossible('Nothing comes through');
        throw new ServiceUnreachable('The event stream broke off', { cause: error });
      },
    );
    if (chunk.done) return;
    hasBegun = true;
    yield decoder.decode(chunk.value, { stream: true });
  }
}

class Silence extends Error {}

/** @throws Silence */
async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Silence('Nothing was heard for too long')), ms);
  });
  try {
    return await Promise.race([promise, silence]);
  } finally {
    clearTimeout(timer);
  }
}
