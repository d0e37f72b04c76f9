import { CONTRACT_EXAMPLES, UndoRegistrationResponse } from '@bulk/contract';
import { type Deps, undoRegistration } from '@bulk/core';
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
  operationId: 'undoRegistration',
  summary: 'Undo a bulk registration job',
  description:
    'Deletes exactly the activities that this registration wrote. An activity that was changed since is kept, and ' +
    'the result of its mentor says so. A cancel stops the undo; what is deleted by then stays deleted.',
  params: IdParams,
  querystring: NoQuery,
  headers: Type.Object({ ...IdempotencyHeaders.properties, ...IfMatchHeaders.properties }),
  response: {
    202: documented(UndoRegistrationResponse, {
      description: 'Accepted. The registration is processing until it is undone.',
      headers: ['Location', 'Retry-After', 'Idempotency-Replayed'],
    }),
    ...problems(
      'validation',
      'registration_not_found',
      'still_processing',
      'was_undone',
      'nothing_succeeded',
      'changed_meanwhile',
      'key_reused',
      'internal',
      'unavailable',
    ),
  },
  'x-examples': { 202: CONTRACT_EXAMPLES.undoResponse },
};

export function undoRoute(app: App, deps: Deps): void {
  app.post('/:id/undo', { schema, config: { access: 'coordinator' } }, async (request, reply) => {
    const id = registrationIdOf(request.params);
    const { answer, replayed } = await undoRegistration({ ...deps, caller: request.caller }, id, {
      idempotencyKey: idempotencyKeyOf(request.headers),
      ifMatch: request.headers['if-match'] ?? null,
    });
    if (replayed) reply.header('idempotency-replayed', 'true');
    return reply.code(202).header('location', pathOf(answer.id)).header('retry-after', '1').send(answer);
  });
}
