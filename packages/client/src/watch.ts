import { ApiProblem, registrationGone } from './errors.ts';
import { readEvents, StreamsImpossible } from './event-stream.ts';
import { pause } from './pause.ts';
import { createPoller } from './polling.ts';
import type { RegistrationState } from './registration-state.ts';
import { isTransient, retryDelayMs } from './retrying.ts';
import type { Transport } from './transport.ts';

// Two ways to learn of changes. The event stream is the first choice; where none comes through, polling does for the
// rest, and where the service has no room for one more watcher, until it may have. Whatever breaks is taken up again,
// so that for the caller there is one row of states, whether or not a server was restarted in the middle.

const DEFAULT_RECONNECT_MS = 2_000;

export interface WatchOptions {
  signal?: AbortSignal | undefined;
  /** How long the service may be away before that is thrown: 60,000 ms unless said otherwise; Infinity never gives up. */
  patienceMs?: number | undefined;
  /** Hears that the service is away, each time that it was tried; the next state says that it is back. */
  onInterruption?: ((interruption: Interruption) => void) | undefined;
}

export interface Interruption {
  error: Error;
  /** Until the next try. */
  delayMs: number;
}

/** @throws ApiProblem, `registration_not_found` also when it is deleted meanwhile; ServiceUnreachable */
export async function* watch(
  transport: Transport,
  id: string,
  options: WatchOptions,
): AsyncGenerator<RegistrationState, void, undefined> {
  const follow = createFollower(transport, id, options.signal);
  const outage = createOutage(options);
  for (;;) {
    try {
      for await (const state of follow()) {
        outage.end();
        yield state;
        if (state.status !== 'processing') return;
      }
      outage.end();
    } catch (error) {
      await outage.sitOut(error);
    }
  }
}

/** @returns what yields the states of one connection, or of one poll, and takes up where the last one ended */
function createFollower(transport: Transport, id: string, signal: AbortSignal | undefined) {
  const poll = createPoller(transport, id, signal);
  let lastEventId: string | null = null;
  let reconnectMs = DEFAULT_RECONNECT_MS;
  let pollsUntil = 0;

  return async function* follow(): AsyncGenerator<RegistrationState, void, undefined> {
    if (Date.now() >= pollsUntil) {
      try {
        yield* streamed();
        return;
      } catch (error) {
        const pollForMs = howLongToPoll(error);
        if (pollForMs === null) throw error;
        pollsUntil = Date.now() + pollForMs;
      }
    }
    yield* polled();
  };

  async function* streamed(): AsyncGenerator<RegistrationState, void, undefined> {
    const onReconnectDelay = (ms: number) => {
      reconnectMs = ms;
    };
    for await (const event of readEvents(transport, id, { lastEventId, signal, onReconnectDelay })) {
      if (event.kind === 'gone') throw registrationGone(id);
      if (event.kind === 'nothing_new') return yield* polled();
      lastEventId = event.id;
      yield event.state;
    }
    // Closed before the end, as by a server that stops or a gateway with a time limit.
    await pause(reconnectMs, signal);
  }

  async function* polled(): AsyncGenerator<RegistrationState, void, undefined> {
    const { state, waitMs } = await poll();
    if (state !== null) yield state;
    await pause(waitMs, signal);
  }
}

/** null: not at all, polling would meet the same. */
function howLongToPoll(error: unknown): number | null {
  if (error instanceof StreamsImpossible) return Number.POSITIVE_INFINITY;
  if (!(error instanceof ApiProblem)) return null;
  // An address that is not there, while the registration is: something between does not know of streams.
  if (error.code !== 'registration_not_found' && [404, 405, 406].includes(error.status)) {
    return Number.POSITIVE_INFINITY;
  }
  // No room for one more watcher: of this process, or of this caller.
  return [503, 429].includes(error.status) ? (error.retryAfterMs ?? DEFAULT_RECONNECT_MS) : null;
}

/** Keeps count of how long the service has been away. */
function createOutage({ signal, patienceMs = 60_000, onInterruption }: WatchOptions) {
  let failures = 0;
  let beganAt = 0;
  return {
    end() {
      failures = 0;
    },
    /** @throws the error, when it will not pass or has lasted too long */
    async sitOut(error: unknown): Promise<void> {
      signal?.throwIfAborted();
      if (failures === 0) beganAt = Date.now();
      if (!isTransient(error) || Date.now() - beganAt > patienceMs) throw error;
      const delayMs = retryDelayMs(error, failures);
      failures += 1;
      onInterruption?.({ error, delayMs });
      await pause(delayMs, signal);
    },
  };
}
