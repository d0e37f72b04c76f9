import { FailuresResponse } from '@bulk/contract';
import { countFailures, type Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, NoQuery, registrationIdOf, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'getFailures',
  summary: 'Count the failed mentors of a bulk registration job by error code',
  description: 'To retry those of one code, send it in `error_codes` of a retry.',
  params: IdParams,
  querystring: NoQuery,
  response: {
    200: documented(FailuresResponse, { description: 'The number of failed mentors of each code.' }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
};

export function failuresRoute(app: App, deps: Deps): void {
  app.get('/:id/failures', { schema, config: { access: 'viewer' } }, (request) =>
    countFailures({ ...deps, caller: request.caller }, registrationIdOf(request.params)),
  );
}
