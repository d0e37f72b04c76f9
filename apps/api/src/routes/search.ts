import { SEARCH_PATH, SearchQuery, SearchResponse } from '@bulk/contract';
import { type Deps, search } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'search',
  summary: 'Find what a text names',
  description:
    'A bulk registration, an activity, a mentor with an activity of the last two years, coordinators and activity types.',
  querystring: SearchQuery,
  response: {
    200: documented(SearchResponse, { description: 'What was found, which may be nothing.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function searchRoute(app: App, deps: Deps): void {
  app.get(SEARCH_PATH, { schema, config: { access: 'viewer' } }, ({ query, caller }) =>
    search({ ...deps, caller }, query.q),
  );
}
