import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { App } from '../fastify-app.ts';

/** The same distance from `src/plugins` and from `dist/plugins`. */
const PAGES = fileURLToPath(new URL('../../../web/public/', import.meta.url));

/** The page at /. Only what lies in its folder is a route; everything else stays a 404. */
export async function addWebPages(app: App): Promise<void> {
  await app.register(fastifyStatic, { root: PAGES, wildcard: false, index: 'index.html' });
}
