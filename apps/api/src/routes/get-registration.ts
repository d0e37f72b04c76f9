import type { Readable } from 'node:stream';
import {
  type FieldError,
  GetRegistrationQuery,
  RegistrationDetails,
  RegistrationWithoutMentors,
  type WaitingReason,
} from '@bulk/contract';
import { AppError, type Deps, getRegistration, type RegistrationAnswer } from '@bulk/core';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../fastify-app.ts';
import { DOCUMENT_EXAMPLES } from '../openapi/document-examples.ts';
import { problems } from './problem-responses.ts';
import { documented, IdParams, registrationIdOf, TAG, textStream } from './shared.ts';
import { writeDetails } from './write-details.ts';

const schema = {
  tags: [TAG],
  operationId: 'getRegistration',
  summary: 'Get bulk registration job details including per-mentor results',
  description:
    'One consistent snapshot. While the status is `processing`, ask again after `Retry-After` seconds.',
  params: IdParams,
  querystring: GetRegistrationQuery,
  headers: Type.Object({
    'if-none-match': Type.Optional(
      Type.String({ description: 'The ETag of an earlier answer: 304 if nothing changed since.' }),
    ),
  }),
  response: {
    200: documented(Type.Union([RegistrationDetails, RegistrationWithoutMentors]), {
      description: 'The registration.',
      headers: ['ETag', 'Cache-Control', 'Retry-After'],
    }),
    304: documented(Type.Unsafe<undefined>({ type: 'null' }), {
      description: 'Nothing changed.',
      headers: ['ETag', 'Cache-Control'],
    }),
    ...problems('validation', 'registration_not_found', 'internal', 'unavailable'),
  },
  'x-examples': { 200: DOCUMENT_EXAMPLES.details },
};

export function detailsRoute(app: App, deps: Deps, readWaitingReason: () => WaitingReason | null): void {
  app.get('/:id', { schema, config: { access: 'viewer' } }, async (request, reply) => {
    const id = registrationIdOf(request.params);
    refuseContradictions(request.query);
    const found = await getRegistration({ ...deps, caller: request.caller }, id, {
      view: request.query.view ?? request.query.results ?? 'all',
      ifNoneMatch: request.headers['if-none-match'] ?? null,
      waitingReason: readWaitingReason(),
    });
    const body = found.kind === 'unchanged' ? undefined : await bodyOf(request, found);
    // Not before the body: a problem that comes instead must not have them.
    reply.header('etag', found.etag).header('cache-control', 'private, no-cache');
    if (found.kind === 'unchanged') return reply.code(304).send();
    if (found.retryAfterSeconds !== null) reply.header('retry-after', String(found.retryAfterSeconds));
    return reply.type('application/json; charset=utf-8').send(body);
  });
}

async function bodyOf(
  request: FastifyRequest,
  { details, lists }: Extract<RegistrationAnswer, { kind: 'details' }>,
): Promise<string | Readable> {
  if (lists === null) return JSON.stringify(details);
  const text = writeDetails(details, lists);
  return lists.isLarge ? textStream(request, text) : wholeText(text);
}

async function wholeText(parts: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const part of parts) text += part;
  return text;
}

/** What no schema of a single parameter can say. */
function refuseContradictions({ view, results }: GetRegistrationQuery): void {
  if (view === undefined || results === undefined) return;
  const detail = 'must be left out where view is given';
  const fieldError: FieldError = { parameter: 'results', code: 'not_allowed', detail };
  throw new AppError('validation', `results ${detail}.`, { fieldErrors: [fieldError] });
}
