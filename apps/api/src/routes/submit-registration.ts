import {
  CONTRACT_EXAMPLES,
  CreateRegistrationQuery,
  CreateRegistrationRequest,
  CreateRegistrationResponse,
  DryRunResponse,
} from '@bulk/contract';
import { AppError, type Caller, type Deps, dryRun, mayActFor, submitRegistration } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { DOCUMENT_EXAMPLES } from '../openapi/document-examples.ts';
import { admissionOf } from '../plugins/limits.ts';
import { problems } from './problem-responses.ts';
import { documented, IdempotencyHeaders, idempotencyKeyOf, pathOf, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'createRegistration',
  summary: 'Create bulk activity registration for multiple mentors',
  description:
    'Accepts the registration and answers at once; the activities are written in the background, each mentor ' +
    'exactly once. Read the details at `Location` until the status is no longer `processing`. With `dry_run=true` ' +
    'nothing is written, and no Idempotency-Key is used up; its `plan`, sent with the same request, makes sure that the ' +
    'duplicates are still those that it found.',
  querystring: CreateRegistrationQuery,
  headers: IdempotencyHeaders,
  body: CreateRegistrationRequest,
  response: {
    200: documented(DryRunResponse, { description: 'Of a dry run: what would become of it now.' }),
    202: documented(CreateRegistrationResponse, {
      description: 'Accepted. What became of each mentor stands in the details.',
      headers: ['Location', 'Retry-After', 'Idempotency-Replayed'],
    }),
    ...problems(
      'validation',
      'bad_request',
      'plan_outdated',
      'reference_taken',
      'key_reused',
      'too_large',
      'unsupported_media_type',
      'internal',
      'unavailable',
    ),
  },
  'x-examples': {
    request: CONTRACT_EXAMPLES.createRequest,
    200: DOCUMENT_EXAMPLES.dryRun,
    202: CONTRACT_EXAMPLES.createResponse,
  },
};

export function submitRoute(app: App, deps: Deps): void {
  app.post('', { schema, config: { access: 'coordinator' } }, async (request, reply) => {
    const key = idempotencyKeyOf(request.headers);
    refuseOthers(request.caller, request.body.coordinator_id);
    if (request.query.dry_run)
      return reply.code(200).send(await dryRun({ ...deps, caller: request.caller }, request.body));
    const { answer, replayed } = await submitRegistration({ ...deps, caller: request.caller }, request.body, {
      idempotencyKey: key,
      admit: admissionOf(deps, request, request.body.mentor_ids.length),
    });
    if (replayed) reply.header('idempotency-replayed', 'true');
    return reply.code(202).header('location', pathOf(answer.id)).header('retry-after', '1').send(answer);
  });
}

function refuseOthers(caller: Caller, coordinatorId: string): void {
  if (mayActFor(caller, coordinatorId)) return;
  const detail = 'must be one of the coordinators of your key';
  throw new AppError('forbidden', `coordinator_id ${detail}.`, {
    fieldErrors: [{ pointer: '#/coordinator_id', code: 'not_allowed', detail }],
  });
}
