import { readFileSync } from 'node:fs';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { App } from '../fastify-app.ts';
import { tidyDocument } from '../openapi/tidy-document.ts';
import { TAG } from '../routes/shared.ts';
import { letIn } from './access.ts';
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
      // Both ways: whether a key is needed is for the operator to choose.
      security: [{}, { key: [] }],
      components: {
        securitySchemes: {
          key: {
            type: 'http',
            scheme: 'bearer',
            description:
              'A key of `npm run keys`, or a token of the identity provider. Where the API is open, none is needed.',
          },
        },
      },
      tags: [
        { name: TAG, description: 'Submit, watch, retry and cancel.' },
        { name: 'Activities', description: 'What was written, by activity and by mentor.' },
        { name: 'Operations', description: 'For those who run the service.' },
      ],
    },
    stripBasePath: false,
    transformObject: (documents) =>
      'openapiObject' in documents ? tidyDocument(documents.openapiObject) : documents.swaggerObject,
  });
  await app.register(async (scope) => {
    letIn(scope, 'everybody');
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
  app.get('/openapi.json', { schema: { hide: true }, config: { access: 'everybody' } }, async () =>
    app.swagger(),
  );
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
