import { CONTRACT_EXAMPLES, RetryRegistrationRequest, RetryRegistrationResponse } from '@bulk/contract';
import { type Deps, retryFailed } from '@bulk/core';
import { Type } from 'typebox';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import {
  documented,
  IdempotencyHeaders,
  IdParams,
  IfMatchHeaders,
  idempotencyKeyOf,
  NoQuery,
  pathOf,
  registrationIdOf,
  TAG,
} from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'retryRegistration',
  summary: 'Retry failed records in a bulk registration job',
  description: 'Runs the failed mentors again; those that succeeded are left alone.',
  params: IdParams,
  querystring: NoQuery,
  headers: Type.Object({ ...IdempotencyHeaders.properties, ...IfMatchHeaders.properties }),
  body: RetryRegistrationRequest,
  response: {
    202: documented(RetryRegistrationResponse, {
      description: 'Accepted. The registration is processing again.',
      headers: ['Location', 'Retry-After', 'Idempotency-Replayed'],
    }),
    ...problems(
      'validation',
      'bad_request',
      'registration_not_found',
      'still_processing',
      'was_cancelled',
      'was_undone',
      'nothing_failed',
      'changed_meanwhile',
      'key_reused',
      'too_large',
      'unsupported_media_type',
      'internal',
      'unavailable',
    ),
  },
  'x-examples': { request: CONTRACT_EXAMPLES.retryRequest, 202: CONTRACT_EXAMPLES.retryResponse },
};

export function retryRoute(app: App, deps: Deps): void {
  app.put('/:id', { schema, config: { access: 'coordinator' } }, async (request, reply) => {
    const id = registrationIdOf(request.params);
    const { answer, replayed } = await retryFailed({ ...deps, caller: request.caller }, id, request.body, {
      idempotencyKey: idempotencyKeyOf(request.headers),
      ifMatch: request.headers['if-match'] ?? null,
    });
    if (replayed) reply.header('idempotency-replayed', 'true');
    return reply.code(202).header('location', pathOf(answer.id)).header('retry-after', '1').send(answer);
  });
}
