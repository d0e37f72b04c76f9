import type { Config } from '@bulk/core';
import cors from '@fastify/cors';
import type { App } from '../fastify-app.ts';

/** Lets the pages of the configured origins call the API; without any, nothing is said about CORS at all. */
export async function addCors(app: App, { corsOrigins }: Config): Promise<void> {
  if (corsOrigins.length === 0) return;
  await app.register(cors, {
    origin: [...corsOrigins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'if-match',
      'if-none-match',
      'idempotency-key',
      'last-event-id',
    ],
    exposedHeaders: ['ETag', 'Location', 'Retry-After', 'Idempotency-Replayed', 'Results-Complete'],
    maxAge: 600,
    // An OPTIONS request that is no preflight is answered like any other unknown address.
    strictPreflight: false,
  });
}
