import { CALLER_PATH, CallerResponse } from '@bulk/contract';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, NoQuery } from './shared.ts';

const schema = {
  tags: ['Operations'],
  operationId: 'getCaller',
  summary: 'Tell who the caller is, and its role',
  querystring: NoQuery,
  response: {
    200: documented(CallerResponse, { description: 'The caller.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function callerRoute(app: App): void {
  app.get(CALLER_PATH, { schema, config: { access: 'viewer' } }, async ({ caller }, reply) => {
    reply.header('cache-control', 'no-store');
    const { name, role, coordinatorIds } = caller;
    return { name, role, coordinator_ids: coordinatorIds && [...coordinatorIds] };
  });
}
