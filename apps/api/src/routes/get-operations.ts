import { OPERATIONS_PATH, OperationsResponse } from '@bulk/contract';
import { createOperationsReader, type Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, NoQuery } from './shared.ts';

const schema = {
  tags: ['Operations'],
  operationId: 'getOperations',
  summary: 'Tell how the service is doing: workers, queue, throughput and failures',
  description:
    'Of all coordinators. Workers store what they have counted every five seconds; a worker that is killed loses what it counted last.',
  querystring: NoQuery,
  response: {
    200: documented(OperationsResponse, { description: 'How the service is doing.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function operationsRoute(app: App, deps: Deps): void {
  const read = createOperationsReader(deps);
  app.get(OPERATIONS_PATH, { schema, config: { access: 'admin' } }, async (_request, reply) => {
    reply.header('cache-control', 'no-store');
    return read();
  });
}
