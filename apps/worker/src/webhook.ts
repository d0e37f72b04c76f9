import { createWebhookSender, type Deps, deliverDue, quietly, withDeadline } from '@bulk/core';
import { repeat } from './repeat.ts';
import { graceMs } from './workers.ts';

export interface Webhook {
  /** Resolves when what is being sent is over; rejects when that takes too long, and others send it again. */
  stop(): Promise<void>;
}

/** How long an event may wait for its first attempt. */
const EVERY_MS = 1_000;

/** Sends the events of registrations to the webhook, if there is one, beside all other work. */
export function startWebhook(deps: Deps): Webhook {
  const { webhook } = deps.config;
  if (webhook === null) return { stop: async () => {} };
  const sender = createWebhookSender(webhook);
  const onError = quietly(deps.log, 'could not send events; they are sent later');
  const deliveries = repeat(() => deliverDue(deps, sender), { everyMs: EVERY_MS, onError });
  return {
    async stop() {
      try {
        await withDeadline(deliveries.stop(), graceMs(deps.config), 'sending events');
      } finally {
        await sender.close();
      }
    },
  };
}
