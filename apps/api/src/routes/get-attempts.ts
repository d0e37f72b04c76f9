import { AttemptsResponse } from '@bulk/contract';
import { type Deps, listAttempts } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, NoQuery, registrationIdOf, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'listAttempts',
  summary: 'List the attempts of a bulk registration job',
  description:
    'The registration itself, its retries and its undos: when each ran, and what came of its mentors.',
  params: IdParams,
  querystring: NoQuery,
  response: {
    200: documented(AttemptsResponse, { description: 'The attempts.' }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
};

export function attemptsRoute(app: App, deps: Deps): void {
  app.get('/:id/attempts', { schema, config: { access: 'viewer' } }, (request) =>
    listAttempts({ ...deps, caller: request.caller }, registrationIdOf(request.params)),
  );
}
