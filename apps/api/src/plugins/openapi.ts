import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from '../fastify-app.ts';
import { tidyDocument } from '../openapi/tidy-document.ts';
import { TAG } from '../routes/shared.ts';
import { allowInlineStyles } from './security-headers.ts';

/** The document at /openapi.json, made of the routes' own schemas, and a page to read and try it at /docs. */
export async function addOpenApi(app: App): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Bulk Registration Service',
        version: packageVersion(),
        description:
          'Registers one activity for many mentors in one call, and tells what became of each of them.',
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/' }],
      tags: [{ name: TAG, description: 'Submit, watch, retry and cancel.' }],
    },
    stripBasePath: false,
    transformObject: (documents) =>
      'openapiObject' in documents ? tidyDocument(documents.openapiObject) : documents.swaggerObject,
  });
  await app.register(async (scope) => {
    scope.addHook('onRequest', allowInlineStyles);
    await scope.register(swaggerUi, {
      routePrefix: '/docs',
      theme: { title: 'Bulk Registration Service: API' },
      uiConfig: {
        layout: 'BaseLayout',
        displayRequestDuration: true,
        tryItOutEnabled: true,
        defaultModelsExpandDepth: 0,
      },
    });
  });
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger());
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
