import { type Static, Type } from 'typebox';
import { Timestamp } from './fields.ts';
import { oneOf } from './statuses.ts';

export const WEBHOOK_DELIVERY_STATUSES = ['pending', 'delivered', 'failed'] as const;
export type WebhookDeliveryStatus = (typeof WEBHOOK_DELIVERY_STATUSES)[number];

export const DeliveryId = Type.String({
  description: 'Of a delivery; the header webhook-id of each of its attempts.',
  examples: ['msg_1f0c2f0e-6b0e-4b1c-9a53-0d9b6b1c7d55'],
});

export const WebhookDelivery = Type.Object({
  id: DeliveryId,
  type: Type.String({
    description: 'registration. and the status that the registration reached.',
    examples: ['registration.completed'],
  }),
  status: oneOf(WEBHOOK_DELIVERY_STATUSES, {
    description:
      'pending: it is sent, or tried again. delivered: the endpoint took it. failed: the endpoint refused it with 410, or did not ' +
      'take it within 24 hours.',
  }),
  created_at: { ...Timestamp, description: 'When the registration reached the status.' },
  attempts: Type.Integer({ minimum: 0, description: 'Since it was written, or asked for again.' }),
  next_attempt_at: Type.Union([Timestamp, Type.Null()], { description: 'null unless pending.' }),
  finished_at: Type.Union([Timestamp, Type.Null()], { description: 'null while pending.' }),
  last_http_status: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Of the last answer; null where none came.',
    examples: [204],
  }),
  last_error: Type.Union([Type.String(), Type.Null()], {
    description: 'Why the last attempt failed.',
    examples: ['The endpoint answered 500.'],
  }),
});
export type WebhookDelivery = Static<typeof WebhookDelivery>;

export const ListDeliveriesResponse = Type.Object({
  data: Type.Array(WebhookDelivery, { description: 'Newest first, 100 at most.' }),
});
export type ListDeliveriesResponse = Static<typeof ListDeliveriesResponse>;
