import helmet from '@fastify/helmet';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../fastify-app.ts';

/** Nothing is loaded from elsewhere, nothing runs inline, and no other page may frame ours. */
const CONTENT_SOURCES = {
  defaultSrc: ["'self'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  imgSrc: ["'self'", 'data:'],
  objectSrc: ["'none'"],
  scriptSrcAttr: ["'none'"],
};

export async function addSecurityHeaders(app: App): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SOURCES },
    // The service speaks plain HTTP; whoever puts TLS in front of it adds this there.
    strictTransportSecurity: false,
    // Browsers ignore these, with a warning, on plain HTTP.
    crossOriginOpenerPolicy: false,
    originAgentCluster: false,
    xFrameOptions: { action: 'deny' },
  });
}

/** An `onRequest` hook for the pages of others, which bring inline styles. Scripts stay as strict as everywhere. */
export function allowInlineStyles(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const directives = { ...CONTENT_SOURCES, styleSrc: ["'self'", "'unsafe-inline'"] };
  reply.helmet({ contentSecurityPolicy: { useDefaults: false, directives } });
  done();
}
