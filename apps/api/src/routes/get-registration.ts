import { CONTRACT_EXAMPLES, GetRegistrationQuery, RegistrationDetails } from '@bulk/contract';
import { type Deps, getRegistration } from '@bulk/core';
import { Type } from 'typebox';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, registrationIdOf, TAG, textStream } from './shared.ts';
import { writeDetails } from './write-details.ts';

const schema = {
  tags: [TAG],
  operationId: 'getRegistration',
  summary: 'Get bulk registration job details including per-mentor results',
  description:
    'One consistent snapshot. While the status is `processing`, ask again after `Retry-After` seconds.',
  params: IdParams,
  querystring: GetRegistrationQuery,
  headers: Type.Object({
    'if-none-match': Type.Optional(
      Type.String({ description: 'The ETag of an earlier answer: 304 if nothing changed since.' }),
    ),
  }),
  response: {
    200: documented(RegistrationDetails, {
      description: 'The registration.',
      headers: ['ETag', 'Cache-Control', 'Retry-After'],
    }),
    304: documented(Type.Unsafe<undefined>({ type: 'null' }), {
      description: 'Nothing changed.',
      headers: ['ETag', 'Cache-Control'],
    }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
  'x-examples': { 200: CONTRACT_EXAMPLES.details },
};

export function detailsRoute(app: App, deps: Deps): void {
  app.get('/:id', { schema }, async (request, reply) => {
    const id = registrationIdOf(request.params);
    const found = await getRegistration(deps, id, {
      results: request.query.results ?? 'all',
      ifNoneMatch: request.headers['if-none-match'] ?? null,
    });
    reply.header('etag', found.etag).header('cache-control', 'private, no-cache');
    if (found.kind === 'unchanged') return reply.code(304).send();
    if (found.retryAfterSeconds !== null) reply.header('retry-after', String(found.retryAfterSeconds));
    if (found.largeResults === null) return reply.code(200).send(found.details);
    const text = writeDetails(found.details, found.largeResults);
    return reply.type('application/json; charset=utf-8').send(textStream(request, text));
  });
}
