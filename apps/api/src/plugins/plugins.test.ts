import type { Problem } from '@bulk/contract';
import { BASE_PATH } from '@bulk/contract';
import type { Config } from '@bulk/core';
import { afterEach, describe, expect, test } from 'vitest';
import type { App } from '../fastify-app.ts';
import { buildRefusingApp } from '../testing/build-refusing-app.ts';

const apps: App[] = [];
afterEach(() => Promise.all(apps.splice(0).map((app) => app.close())));

async function build(settings: Partial<Config> = {}): Promise<App> {
  const app = await buildRefusingApp(settings);
  apps.push(app);
  return app;
}

describe('an error of our own', () => {
  test('is a 500 that tells nothing but where to look', async () => {
    const app = await build();
    const response = await app.inject({ url: BASE_PATH });
    expect(response.statusCode).toBe(500);
    const problem = response.json<Problem>();
    expect(problem).toEqual({
      type: 'urn:bulk-registrations:problem:internal',
      title: 'The service failed to answer.',
      status: 500,
      detail: expect.stringMatching(/^The service failed; the error was logged under [0-9a-f-]{36}\.$/),
    });
  });
});

describe('CORS', () => {
  const preflight = {
    method: 'OPTIONS',
    url: `${BASE_PATH}/bulk-001`,
    headers: {
      origin: 'https://app.example.com',
      'access-control-request-method': 'DELETE',
      'access-control-request-headers': 'if-match',
    },
  } as const;

  test('is not spoken unless origins are configured', async () => {
    const app = await build();
    for (const request of [preflight, { url: '/healthz', headers: preflight.headers }]) {
      const { headers } = await app.inject(request);
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    expect((await app.inject(preflight)).statusCode).toBe(405);
  });

  test('lets in the configured origins', async () => {
    const app = await build({ corsOrigins: ['https://app.example.com'] });
    const response = await app.inject(preflight);
    expect(response.statusCode).toBe(204);
    expect(response.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, DELETE',
      'access-control-allow-headers':
        'authorization, content-type, if-match, if-none-match, idempotency-key, last-event-id',
    });

    const answer = await app.inject({ url: '/healthz', headers: { origin: 'https://app.example.com' } });
    expect(answer.headers['access-control-expose-headers']).toBe(
      'ETag, Location, Retry-After, Idempotency-Replayed, Results-Complete',
    );
    expect(answer.headers.vary).toContain('Origin');
  });

  test('lets in no other origin, and a refusal is as readable as an answer', async () => {
    const app = await build({ corsOrigins: ['https://app.example.com'] });
    const other = await app.inject({ url: '/healthz', headers: { origin: 'https://evil.example.com' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');

    const refusal = await app.inject({
      url: `${BASE_PATH}/odd`,
      headers: { origin: 'https://app.example.com' },
    });
    expect(refusal.statusCode).toBe(404);
    expect(refusal.headers['access-control-allow-origin']).toBe('https://app.example.com');
  });
});

test('every answer carries the security headers', async () => {
  const app = await build({ adminPassword: 'correct horse' });
  for (const url of [
    '/',
    '/docs',
    '/openapi.json',
    '/healthz',
    `${BASE_PATH}/odd`,
    '/nowhere',
    '/admin/queues',
  ]) {
    const { headers } = await app.inject({ url });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy.replace("style-src 'self' 'unsafe-inline'", '')).not.toMatch(
      /unsafe|https?:|upgrade-insecure/,
    );
    expect(policy.includes('unsafe-inline')).toBe(url === '/docs' || url === '/admin/queues');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY' });
    expect(headers).not.toHaveProperty('strict-transport-security');
  }
});

describe('health', () => {
  test('of the process needs nothing else', async () => {
    const response = await (await build()).inject({ url: '/healthz' });
    expect([response.statusCode, response.json()]).toEqual([200, { status: 'ok' }]);
  });
});

describe('the dashboard', () => {
  const urls = [
    '/admin/queues',
    '/admin/queues/',
    '/admin/queues/api/queues',
    '/admin/queues/static/images/logo.svg',
    '/admin/queues/queue/x',
  ];
  const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

  test('is not there without a password', async () => {
    const app = await build();
    for (const url of urls) expect((await app.inject({ url })).statusCode).toBe(404);
  });

  test.each([
    ['no credentials', undefined],
    ['a wrong password', basic('admin:wrong')],
    ['a wrong user', basic('root:correct horse')],
    ['no password', basic('admin:')],
    ['nothing', basic(':')],
    ['another scheme', 'Bearer abc'],
    ['no base64', 'Basic %%%'],
  ])('answers %s with a challenge, everywhere', async (_, authorization) => {
    const app = await build({ adminPassword: 'correct horse' });
    for (const url of urls) {
      const response = await app.inject({
        url,
        headers: authorization === undefined ? {} : { authorization },
      });
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Basic realm="Bulk registrations", charset="UTF-8"');
      expect(response.json<Problem>().type).toBe('urn:bulk-registrations:problem:unauthorized');
    }
  });

  test('opens with user and password', async () => {
    const app = await build({ adminPassword: 'correct horse: ü' });
    const response = await app.inject({
      url: '/admin/queues',
      headers: { authorization: basic('admin:correct horse: ü') },
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain('text/html');
  });
});

describe('the OpenAPI document', () => {
  test('describes the five endpoints and the additions, and names the schemas of the contract', async () => {
    const document = (await (await build()).inject({ url: '/openapi.json' })).json();
    expect(document.openapi).toBe('3.1.0');
    expect(
      Object.entries<object>(document.paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method} ${path}`),
      ),
    ).toEqual([
      `get ${BASE_PATH}`,
      `post ${BASE_PATH}`,
      `get ${BASE_PATH}/{id}`,
      `put ${BASE_PATH}/{id}`,
      `delete ${BASE_PATH}/{id}`,
      `get ${BASE_PATH}/{id}/results`,
      `get ${BASE_PATH}/{id}/failures`,
      `get ${BASE_PATH}/{id}/verification`,
      `get ${BASE_PATH}/{id}/attempts`,
      `get ${BASE_PATH}/{id}/events`,
      `post ${BASE_PATH}/{id}/undo`,
      `get ${BASE_PATH}/{id}/deliveries`,
      `post ${BASE_PATH}/{id}/deliveries/{delivery}/redeliver`,
      'get /api/v1/activities/{activity}',
      'get /api/v1/mentors/{mentor}/activities',
      'get /api/v1/search',
      'get /api/v1/totals',
      'get /api/v1/workers',
      'get /api/v1/operations',
      'get /api/v1/caller',
    ]);
    expect(document.paths[BASE_PATH].post.requestBody.content['application/json'].schema).toEqual({
      $ref: '#/components/schemas/CreateRegistrationRequest',
    });
    expect(Object.keys(document.components.schemas)).toContain('Problem');
    expect(JSON.stringify(document)).not.toContain('"x-');
  });
});

describe('the web pages', () => {
  test.each([
    ['/', 'text/html'],
    ['/new', 'text/html'],
    ['/registrations/bulk-002', 'text/html'],
    ['/icon.svg', 'image/svg+xml'],
    ['/docs', 'text/html'],
    ['/docs/static/swagger-ui.css', 'text/css'],
  ])('%s', async (url, type) => {
    const app = await build();
    const response = await app.inject({ url });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toContain(type);
    expect((await app.inject({ method: 'HEAD', url })).statusCode).toBe(200);
  });

  test('are asked for again each time, their assets never, and both come compressed', async () => {
    const app = await build();
    const get = (url: string) =>
      app.inject({ url, headers: { 'accept-encoding': 'gzip, deflate, br, zstd' } });
    const page = await get('/');
    expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'content-encoding': 'br' });
    const plain = (await app.inject({ url: '/' })).payload;
    const asset = await get(/\/assets\/[^"]+/.exec(plain)?.[0] ?? '');
    expect(asset.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
    });
    expect((await get('/assets/none.js')).statusCode).toBe(404);
  });
});
