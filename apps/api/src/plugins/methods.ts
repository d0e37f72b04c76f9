import type { App } from '../fastify-app.ts';

/**
 * Notes the methods of every route of the API that is added from now on.
 *
 * @returns tells the methods that the API has at an address, in the order of the alphabet; none where it has no route
 */
export function collectMethods(app: App): (url: string) => string[] {
  const routes: { path: RegExp; methods: readonly string[] }[] = [];
  app.addHook('onRoute', ({ url, method }) => {
    if (!url.startsWith('/api/')) return;
    routes.push({ path: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`), methods: [method].flat() });
  });
  return (url) => {
    const path = url.split('?', 1)[0] ?? '';
    return [
      ...new Set(routes.filter((route) => route.path.test(path)).flatMap(({ methods }) => methods)),
    ].sort();
  };
}
