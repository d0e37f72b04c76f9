import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { App } from '../fastify-app.ts';
import { letIn } from './access.ts';

/** What apps/web is built to. The same distance from `src/plugins` and from `dist/plugins`. */
const PAGES = fileURLToPath(new URL('../../../web/dist/', import.meta.url));

/** Addresses that the page's own router knows. It is the page that says so when there is no such registration. */
const PAGE_ROUTES = ['/', '/new', '/operations', '/registrations/:id', '/activities/:id', '/mentors'];

/** The page at /. Only its files and its own addresses are routes; everything else stays a 404. */
export async function addWebPages(app: App): Promise<void> {
  await app.register(async (scope) => {
    letIn(scope, 'everybody');
    await scope.register(fastifyStatic, {
      root: PAGES,
      wildcard: false,
      // Its own route for / does not find the compressed file.
      index: false,
      preCompressed: true,
      globIgnore: ['**/*.{br,gz}'],
      cacheControl: false,
      setHeaders: (reply, path) => {
        reply.header('cache-control', cachingOf(path));
      },
    });
    for (const route of PAGE_ROUTES) {
      scope.get(route, { schema: { hide: true } }, (_request, reply) => reply.sendFile('index.html'));
    }
  });
}

/** The names of assets change with their content; those of the others stay, so browsers have to ask. */
function cachingOf(path: string): string {
  return /[\\/]assets[\\/]/.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache';
}
