import type { FastifyReply, FastifyRequest } from 'fastify';
import helmet from 'helmet';
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

// Made once: @fastify/helmet makes them again for each request, which costs a tenth of a poll.
const setHeaders = helmet({
  contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SOURCES },
  // The service speaks plain HTTP; whoever puts TLS in front of it adds this there.
  strictTransportSecurity: false,
  // Browsers ignore these, with a warning, on plain HTTP.
  crossOriginOpenerPolicy: false,
  originAgentCluster: false,
  xFrameOptions: { action: 'deny' },
});
const setPolicyWithInlineStyles = helmet.contentSecurityPolicy({
  useDefaults: false,
  directives: { ...CONTENT_SOURCES, styleSrc: ["'self'", "'unsafe-inline'"] },
});

export function addSecurityHeaders(app: App): void {
  app.addHook('onRequest', (request, reply, done) => setHeaders(request.raw, reply.raw, () => done()));
}

/** An `onRequest` hook for the pages of others, which bring inline styles. Scripts stay as strict as everywhere. */
export function allowInlineStyles(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  setPolicyWithInlineStyles(request.raw, reply.raw, done);
}
