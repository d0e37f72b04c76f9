import { VerificationResponse } from '@bulk/contract';
import { type Deps, verifyRegistration } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, NoQuery, registrationIdOf, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'verifyRegistration',
  summary: 'Verify the counts of a bulk registration job',
  description:
    'Counts the results and activities again, and compares them with the counters. An activity that somebody ' +
    'deleted or changed in the database since also makes a difference.',
  params: IdParams,
  querystring: NoQuery,
  response: {
    200: documented(VerificationResponse, { description: 'Each check, and whether all agree.' }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
};

export function verificationRoute(app: App, deps: Deps): void {
  app.get('/:id/verification', { schema, config: { access: 'viewer' } }, (request) =>
    verifyRegistration({ ...deps, caller: request.caller }, registrationIdOf(request.params)),
  );
}
