import type { ServerResponse } from 'node:http';
import { AppError } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import type { EventStream } from './event-stream.ts';

/** How long a client that does not read may take to read the rest when the service stops. */
const LAST_READ_MS = 1_000;

export interface OpenStreams {
  /** @throws AppError `unavailable` when the service is stopping */
  refuseWhenClosing(): void;
  add(stream: EventStream, response: ServerResponse): void;
}

/** Streams have no end of their own, and closing waits for them: so they are ended, and clients connect elsewhere. */
export function keepOpenStreams(app: App): OpenStreams {
  const open = new Map<EventStream, ServerResponse>();
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
    refuseWhenClosing() {
      if (isClosing) throw new AppError('unavailable', 'Please connect again.', { retryAfterSeconds: 1 });
    },
    add(stream, response) {
      open.set(stream, response);
      response.once('close', () => open.delete(stream));
    },
  };
}
