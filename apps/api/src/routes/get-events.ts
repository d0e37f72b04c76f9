import { Readable } from 'node:stream';
import { RegistrationGone, RegistrationState, type WaitingReason } from '@bulk/contract';
import { createWatchers, type Deps } from '@bulk/core';
import { Type } from 'typebox';
import { EventStream } from '../events/event-stream.ts';
import { formatEvent, PREAMBLE } from '../events/format-event.ts';
import { keepOpenStreams } from '../events/open-streams.ts';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, NoQuery, registrationIdOf, TAG } from './shared.ts';

/** OpenAPI 3.1 has no word for a stream of events, so this is JSON Schema's for a text with a structure. */
const EVENTS = Type.String({
  contentMediaType: 'text/event-stream',
  contentSchema: Type.Array(
    Type.Object({
      event: Type.String({ enum: ['progress', 'end', 'gone'] }),
      id: Type.Optional(Type.String()),
      data: Type.String({
        contentMediaType: 'application/json',
        contentSchema: Type.Union([RegistrationState, RegistrationGone]),
      }),
    }),
  ),
});

const schema = {
  tags: [TAG],
  operationId: 'watchRegistration',
  summary: 'Watch a bulk registration job as it goes on',
  description:
    'Server-sent events, for an `EventSource`: `progress` with the state at once and whenever it has changed, at most ' +
    'four times a second; `end` with the final state; `gone` when it was deleted meanwhile. After `end` and `gone` ' +
    'the stream is over. The data of `progress` and `end` is a `RegistrationState`, that of `gone` a `RegistrationGone`. ' +
    'Who reads slowly gets the newest state only.',
  params: IdParams,
  querystring: NoQuery,
  headers: Type.Object({
    'last-event-id': Type.Optional(
      Type.String({ description: 'Sent by browsers that connect again: 204 if they have seen the end.' }),
    ),
  }),
  response: {
    200: {
      description: 'The stream.',
      content: { 'text/event-stream': { schema: EVENTS } },
    },
    204: documented(Type.Unsafe<undefined>({ type: 'null' }), {
      description: 'Nothing more will come; browsers stop connecting.',
    }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
};

export function eventsRoute(app: App, deps: Deps, readWaitingReason: () => WaitingReason | null): void {
  const watchers = createWatchers(deps, readWaitingReason);
  const openStreams = keepOpenStreams(app, deps);

  app.get('/:id/events', { schema, config: { access: 'viewer' } }, async (request, reply) => {
    openStreams.refuse(request.caller);
    // What comes after the first event finds the stream in its place.
    const watch = await watchers.watch(registrationIdOf(request.params), (event) => {
      stream.send(formatEvent(event));
      if (event.name !== 'progress') stream.end();
    });
    const stream = new EventStream({ onClose: watch.stop });
    const { first } = watch;
    // A client that has left meanwhile is never sent to: nobody else would end its stream.
    if (reply.raw.destroyed) {
      stream.destroy();
      return reply.hijack();
    }
    reply.header('cache-control', 'no-store');
    if (first.name === 'end' && first.version === request.headers['last-event-id']) {
      stream.destroy();
      return reply.code(204).send();
    }

    reply.type('text/event-stream').header('x-accel-buffering', 'no');
    if (request.method === 'HEAD') {
      stream.destroy();
      return reply.send(Readable.from([]));
    }
    openStreams.add(stream, reply.raw, request);
    stream.send(PREAMBLE + formatEvent(first));
    if (first.name === 'end') stream.end();
    return reply.send(stream);
  });
}
