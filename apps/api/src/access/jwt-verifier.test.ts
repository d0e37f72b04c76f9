import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTestDeps, type TestDeps } from '@bulk/core/testing';
import {
  type CryptoKey,
  exportJWK,
  exportSPKI,
  type GenerateKeyPairResult,
  generateKeyPair,
  type JWTPayload,
  SignJWT,
} from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildApp } from '../app.ts';
import type { App } from '../fastify-app.ts';

const ISSUER = 'https://id.example.com/';
const AUDIENCE = 'bulk-registrations';

let provider: Server;
let pair: GenerateKeyPairResult;
let deps: TestDeps;
let app: App;
beforeAll(async () => {
  pair = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256' };
  provider = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
  const { port } = provider.address() as AddressInfo;
  deps = await createTestDeps({
    backend: 'memory',
    settings: {
      API_AUTH: 'keys',
      JWT_JWKS_URL: `http://127.0.0.1:${port}/jwks.json`,
      JWT_ISSUER: ISSUER,
      JWT_AUDIENCE: AUDIENCE,
    },
  });
  app = await buildApp(deps);
});
afterAll(async () => {
  await app.close();
  await deps.close();
  provider.close();
});

interface Token extends JWTPayload {
  kid?: string;
}

function sign({ kid = 'one', ...claims }: Token, key: CryptoKey = pair.privateKey): Promise<string> {
  const usual = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'ada',
    exp: Math.floor(Date.now() / 1_000) + 60,
    role: 'admin',
  };
  return new SignJWT({ ...usual, ...claims }).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
}

async function statusOf(token: string, to = app): Promise<number> {
  const headers = { authorization: `Bearer ${token}` };
  return (await to.inject({ url: '/api/v1/bulk-registrations', headers })).statusCode;
}

test('a token of the provider is taken as a key is', async () => {
  expect(await statusOf(await sign({}))).toBe(200);
  expect(await statusOf(await sign({ role: 'viewer', coordinator_ids: ['coord-1'] }))).toBe(200);
});

test.each<[string, Token]>([
  ['of another issuer', { iss: 'https://evil.example.com/' }],
  ['for another audience', { aud: 'others' }],
  ['that has expired', { exp: 1_000_000_000 }],
  ['that is not valid yet', { nbf: Math.floor(Date.now() / 1_000) + 600 }],
  ['without a subject', { sub: '' }],
  ['with an unknown role', { role: 'root' }],
  ['with a list that is none', { coordinator_ids: 'coord-1' }],
  ['of an unknown key', { kid: 'two' }],
])('a token %s is a 401', async (_, claims) => {
  expect(await statusOf(await sign(claims))).toBe(401);
});

test('a token that somebody else signed is a 401, in whatever way', async () => {
  const other = await generateKeyPair('ES256');
  expect(await statusOf(await sign({}, other.privateKey))).toBe(401);
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: 'eve', role: 'admin' };
  const secret = new TextEncoder().encode(await exportSPKI(pair.publicKey));
  const byPublicKey = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', kid: 'one' })
    .setExpirationTime('1h')
    .sign(secret);
  expect(await statusOf(byPublicKey)).toBe(401);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  expect(await statusOf(`${part({ alg: 'none' })}.${part({ ...claims, exp: 9_999_999_999 })}.`)).toBe(401);
});

test('without a list of coordinators only an admin sees registrations', async () => {
  const url = '/api/v1/bulk-registrations';
  const total = async (token: string) => {
    const response = await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    return response.json<{ pagination: { total: number; total_is_exact: boolean } }>().pagination.total;
  };
  await deps.db.prisma.$executeRaw`
    insert into bulk_registrations (
      coordinator_id, activity_type, activity_date, duration_minutes, mentor_count, override_duplicates
    )
    values ('coord-1', 'talk', '2026-01-01', 60, 1, false)`;
  expect(await total(await sign({}))).toBe(1);
  expect(await total(await sign({ role: 'coordinator' }))).toBe(0);
  expect(await total(await sign({ role: 'coordinator', coordinator_ids: ['coord-1'] }))).toBe(1);
});

test('a provider that is away is a 503, not a refusal', async () => {
  const config = {
    ...deps.config,
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksUrl: 'http://127.0.0.1:1/' },
  };
  const without = await buildApp({ ...deps, config });
  expect(await statusOf(await sign({}), without)).toBe(503);
  await without.close();
});
