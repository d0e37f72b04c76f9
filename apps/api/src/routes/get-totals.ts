import { TOTALS_PATH, TotalsResponse } from '@bulk/contract';
import { createTotalsReader, type Deps } from '@bulk/core';
import type { App } from '../fastify-app.ts';
import { problems } from './problem-responses.ts';
import { documented, NoQuery, TAG } from './shared.ts';

const schema = {
  tags: [TAG],
  operationId: 'getTotals',
  summary: 'Count what is processing, what failed lately, and mentors registered lately',
  description: 'Counted once in two seconds at most.',
  querystring: NoQuery,
  response: {
    200: documented(TotalsResponse, { description: 'The totals of what the caller may see.' }),
    ...problems('validation', 'internal', 'unavailable'),
  },
};

export function totalsRoute(app: App, deps: Deps): void {
  const readTotals = createTotalsReader(deps);
  app.get(TOTALS_PATH, { schema, config: { access: 'viewer' } }, ({ caller }) => readTotals(caller));
}
