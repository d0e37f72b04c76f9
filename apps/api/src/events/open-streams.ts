import type { ServerResponse } from 'node:http';
import { ANONYMOUS, AppError, type Caller, type Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import type { EventStream } from './event-stream.ts';

/** How long a client that does not read may take to read the rest when the service stops. */
const LAST_READ_MS = 1_000;

export interface OpenStreams {
  /** @throws AppError `unavailable` when the service is stopping, `too_many_requests` for a key that has too many */
  refuse(caller: Caller): void;
  add(stream: EventStream, response: ServerResponse, caller: Caller): void;
}

/** Streams have no end of their own, and closing waits for them: so they are ended, and clients connect elsewhere. */
export function keepOpenStreams(
  app: App,
  { config: { maxWatchersPerCaller }, metrics }: Pick<Deps, 'config' | 'metrics'>,
): OpenStreams {
  const open = new Map<EventStream, ServerResponse>();
  const ofCaller = new Map<string, number>();
  let isClosing = false;

  app.addHook('preClose', async () => {
    isClosing = true;
    for (const [stream, response] of open) {
      stream.end();
      const cut = setTimeout(() => response.destroy(), LAST_READ_MS);
      response.once('close', () => clearTimeout(cut));
    }
  });

  return {
    refuse(caller) {
      if (isClosing) throw new AppError('unavailable', 'Please connect again.', { retryAfterSeconds: 1 });
      // Without keys all have the same name, and MAX_WATCHERS is the limit.
      if (caller === ANONYMOUS || (ofCaller.get(caller.name) ?? 0) < maxWatchersPerCaller) return;
      throw new AppError(
        'too_many_requests',
        `${maxWatchersPerCaller} event streams are open with this key.`,
        {
          retryAfterSeconds: 5,
        },
      );
    },
    add(stream, response, { name }) {
      open.set(stream, response);
      metrics.openEventStreams.inc();
      ofCaller.set(name, (ofCaller.get(name) ?? 0) + 1);
      response.once('close', () => {
        open.delete(stream);
        metrics.openEventStreams.dec();
        const left = (ofCaller.get(name) ?? 1) - 1;
        if (left > 0) ofCaller.set(name, left);
        else ofCaller.delete(name);
      });
    },
  };
}
