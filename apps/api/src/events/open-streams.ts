import type { ServerResponse } from 'node:http';
import { ANONYMOUS, AppError, type Caller, type Deps } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import { REVOKED_AFTER_MS } from '../access/api-key-verifier.ts';
import type { App } from '../fastify-app.ts';
import type { EventStream } from './event-stream.ts';

/** How long a client that does not read may take to read the rest when its stream is ended. */
const LAST_READ_MS = 1_000;

/** How often the keys of open streams are looked up, so that a stream has ended `REVOKED_AFTER_MS` after its key. */
const LOOK_UP_MS = REVOKED_AFTER_MS - LAST_READ_MS;

export interface OpenStreams {
  /** @throws AppError `unavailable` when the service is stopping, `too_many_requests` for a key that has too many */
  refuse(caller: Caller): void;
  add(stream: EventStream, response: ServerResponse, request: FastifyRequest): void;
}

interface Open {
  response: ServerResponse;
  request: FastifyRequest;
}

/**
 * Keeps the streams that are open. They have no end of their own: they are ended when the service stops, and clients
 * connect elsewhere; and when their key is revoked or expires.
 */
export function keepOpenStreams(
  app: App,
  { config: { maxWatchersPerCaller }, metrics }: Pick<Deps, 'config' | 'metrics'>,
): OpenStreams {
  const open = new Map<EventStream, Open>();
  const ofCaller = new Map<string, number>();
  let isClosing = false;

  let isLookingUp = false;
  const lookUp = setInterval(() => {
    if (isLookingUp) return;
    isLookingUp = true;
    void endRefused(app, open).finally(() => {
      isLookingUp = false;
    });
  }, LOOK_UP_MS).unref();

  app.addHook('preClose', async () => {
    isClosing = true;
    clearInterval(lookUp);
    for (const [stream, { response }] of open) end(stream, response);
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
    add(stream, response, request) {
      const { name } = request.caller;
      open.set(stream, { response, request });
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

/** Ends the streams whose key or token is no longer valid. Those of a key that cannot be looked up for now go on. */
async function endRefused(app: App, open: ReadonlyMap<EventStream, Open>): Promise<void> {
  const lookUps = new Map<string | undefined, Promise<boolean>>();
  for (const [stream, { response, request }] of [...open]) {
    if (request.caller === ANONYMOUS) continue;
    const { authorization } = request.headers;
    const isRefused = lookUps.get(authorization) ?? refuses(app, request);
    lookUps.set(authorization, isRefused);
    if (await isRefused) end(stream, response);
  }
}

async function refuses(app: App, request: FastifyRequest): Promise<boolean> {
  try {
    await app.authenticate(request, { isFresh: true });
    return false;
  } catch (error) {
    return error instanceof AppError && error.code === 'unauthorized';
  }
}

/** A client that does not read its rest in time is cut off. */
function end(stream: EventStream, response: ServerResponse): void {
  stream.end();
  const cut = setTimeout(() => response.destroy(), LAST_READ_MS);
  response.once('close', () => clearTimeout(cut));
}
