import {
  CONTRACT_EXAMPLES,
  DeleteRegistrationQuery,
  DeleteRegistrationResponse,
  deletionMessage,
} from '@bulk/contract';
import { cancelOrDelete, type Deps, formatRegistrationId } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, IfMatchHeaders, registrationIdOf, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'deleteRegistration',
  summary: 'Cancel or delete a bulk registration job',
  description:
    'Cancels what is processing, and deletes what is not. Written activities stay. A request sent twice would so ' +
    'cancel first and delete then: `only=cancel` and `If-Match` make it safe to repeat.',
  params: IdParams,
  querystring: DeleteRegistrationQuery,
  headers: IfMatchHeaders,
  response: {
    200: documented(DeleteRegistrationResponse, { description: 'Which of the two it was.' }),
    ...problems(
      'validation',
      'registration_not_found',
      'not_running',
      'changed_meanwhile',
      'internal',
      'unavailable',
    ),
  },
  'x-examples': { 200: CONTRACT_EXAMPLES.deleteResponse },
};

export function deleteRoute(app: App, deps: Deps): void {
  app.delete('/:id', { schema, config: { access: 'coordinator' } }, async (request) => {
    const id = registrationIdOf(request.params);
    const outcome = await cancelOrDelete({ ...deps, caller: request.caller }, id, {
      only: request.query.only ?? null,
      ifMatch: request.headers['if-match'] ?? null,
    });
    return { message: deletionMessage(formatRegistrationId(id), outcome) };
  });
}
