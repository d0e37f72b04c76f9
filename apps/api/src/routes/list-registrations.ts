import { type FieldError, ListRegistrationsQuery, ListRegistrationsResponse } from '@bulk/contract';
import { AppError, type Deps, listRegistrations } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { DOCUMENT_EXAMPLES } from '../openapi/document-examples.ts';
import { problems } from './problem-responses.ts';
import { documented, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'listRegistrations',
  summary: 'List bulk registration jobs',
  description:
    'Newest first, unless `sort` says otherwise. Go from page to page by number, or with `after` when registrations may arrive meanwhile.',
  querystring: ListRegistrationsQuery,
  response: {
    200: documented(ListRegistrationsResponse, { description: 'One page.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
  'x-examples': { 200: DOCUMENT_EXAMPLES.list },
};

export function listRoute(app: App, deps: Deps): void {
  app.get('', { schema, config: { access: 'viewer' } }, async (request) => {
    refuseContradictions(request.query);
    return listRegistrations({ ...deps, caller: request.caller }, request.query);
  });
}

/** What no schema of a single parameter can say. */
function refuseContradictions({ page, after, from, to }: ListRegistrationsQuery): void {
  const fieldErrors: FieldError[] = [];
  if (page !== undefined && after !== undefined) {
    fieldErrors.push({
      parameter: 'page',
      code: 'not_allowed',
      detail: 'must be left out where after is given',
    });
  }
  if (from !== undefined && to !== undefined && from > to) {
    fieldErrors.push({ parameter: 'from', code: 'out_of_range', detail: 'must not be later than to' });
  }
  const [first] = fieldErrors;
  if (first === undefined) return;
  const detail =
    fieldErrors.length === 1
      ? `${first.parameter} ${first.detail}.`
      : `${fieldErrors.length} query parameters are not valid.`;
  throw new AppError('validation', detail, { fieldErrors });
}
