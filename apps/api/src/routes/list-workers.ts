import { ListWorkersResponse, WORKERS_PATH } from '@bulk/contract';
import { type Deps, listWorkers } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, NoQuery } from './shared.ts';

const schema = {
  tags: ['Operations'],
  operationId: 'listWorkers',
  summary: 'List the workers, and when each was seen last',
  description: 'Each worker says every five seconds that it lives.',
  querystring: NoQuery,
  response: {
    200: documented(ListWorkersResponse, { description: 'The workers.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function workersRoute(app: App, deps: Deps): void {
  app.get(WORKERS_PATH, { schema, config: { access: 'admin' } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return listWorkers(deps);
  });
}
