import { DeliveryId, ListDeliveriesResponse, WebhookDelivery } from '@bulk/contract';
import { type Deps, listDeliveries, redeliver } from '@bulk/core';
import { Type } from 'typebox';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, NoQuery, registrationIdOf, TAG } from './shared.ts';

const listSchema = {
  tags: [TAG],
  operationId: 'listDeliveries',
  summary: 'List the webhook deliveries of a bulk registration job',
  description:
    'What was sent to the webhook when the registration reached a final status, and what became of it.',
  params: IdParams,
  querystring: NoQuery,
  response: {
    200: documented(ListDeliveriesResponse, { description: 'The deliveries.' }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
};

const redeliverSchema = {
  tags: [TAG],
  operationId: 'redeliver',
  summary: 'Send a webhook delivery again',
  description: 'Makes it due now, under the same id, whatever became of it before.',
  params: Type.Object({ ...IdParams.properties, delivery: DeliveryId }),
  querystring: NoQuery,
  response: {
    202: documented(WebhookDelivery, { description: 'It is sent shortly.' }),
    ...problems(
      'validation',
      'registration_not_found',
      'delivery_not_found',
      'no_webhook',
      'internal',
      'unavailable',
    ),
  },
};

export function deliveriesRoutes(app: App, deps: Deps): void {
  app.get('/:id/deliveries', { schema: listSchema, config: { access: 'viewer' } }, (request) =>
    listDeliveries(deps, registrationIdOf(request.params)),
  );
  app.post(
    '/:id/deliveries/:delivery/redeliver',
    { schema: redeliverSchema, config: { access: 'coordinator' } },
    async (request, reply) => {
      const id = registrationIdOf(request.params);
      const delivery = await redeliver({ ...deps, caller: request.caller }, id, request.params.delivery);
      return reply.code(202).send(delivery);
    },
  );
}
