import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Config, ConfigError, loadConfig, refuseOpenAddress } from './config.ts';

const WEBHOOK_SECRET = `whsec_${'ab1+'.repeat(8)}`;
const DATABASE_URL = 'postgresql://user:secret@db.example.com/bulk';

test('only the database has to be given', () => {
  expect(loadConfig({ DATABASE_URL })).toEqual({
    host: '127.0.0.1',
    port: 3000,
    databaseUrl: DATABASE_URL,
    databaseReplicaUrl: null,
    databaseReplicaLagMs: 200,
    redisUrl: null,
    databasePoolSize: 16,
    databasePreparedStatements: true,
    queuePrefix: 'bulk',
    logLevel: 'info',
    apiAuth: null,
    jwt: null,
    requestsPerMinute: null,
    mentorsPerDay: null,
    registrationsInFlight: null,
    trustedProxies: [],
    adminUser: 'admin',
    adminPassword: null,
    viewerPassword: null,
    dashboardReadOnly: true,
    corsOrigins: [],
    webhook: null,
    bodyLimitBytes: 32 * 1024 * 1024,
    maxEventLoopDelayMs: 500,
    maxWatchers: 2_000,
    maxWatchersPerCaller: 200,
    batchSize: 1_000,
    firstConcurrency: 8,
    restConcurrency: 1,
    timeSliceMs: 150,
    jobLockMs: 10_000,
    stalledCheckMs: 3_000,
    sweepMs: 3_000,
    retentionDays: null,
    shutdownGraceMs: 10_000,
    workerHealthPort: null,
    metricsPort: null,
    otlpEndpoint: null,
  } satisfies Config);
});

test('every setting that is given is taken', () => {
  const config = loadConfig({
    DATABASE_URL,
    HOST: '::',
    PORT: '0',
    DATABASE_REPLICA_URL: 'postgresql://replica.example.com/bulk',
    DATABASE_REPLICA_LAG_MS: '1000',
    REDIS_URL: 'rediss://redis.example.com:6380/1',
    DATABASE_PREPARED_STATEMENTS: 'false',
    DATABASE_POOL_SIZE: '2',
    QUEUE_PREFIX: 'other_1',
    LOG_LEVEL: 'silent',
    API_AUTH: 'keys',
    JWT_JWKS_URL: 'https://id.example.com/jwks.json',
    JWT_ISSUER: 'https://id.example.com/',
    JWT_AUDIENCE: 'bulk-registrations',
    REQUESTS_PER_MINUTE: '600',
    MENTORS_PER_DAY: '1000000',
    REGISTRATIONS_IN_FLIGHT: '50',
    TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    ADMIN_USER: 'root',
    ADMIN_PASSWORD: '12345678',
    VIEWER_PASSWORD: '87654321',
    DASHBOARD_READ_ONLY: 'false',
    CORS_ORIGINS: 'https://a.example.com, http://localhost:5173',
    WEBHOOK_URL: 'https://hooks.example.com/bulk',
    WEBHOOK_SECRET,
    WEBHOOK_ALLOW_PRIVATE: 'true',
    BODY_LIMIT_BYTES: '1024',
    MAX_WATCHERS: '7',
    MAX_WATCHERS_PER_CALLER: '3',
    BATCH_SIZE: '1',
    FIRST_CONCURRENCY: '3',
    REST_CONCURRENCY: '4',
    TIME_SLICE_MS: '5',
    JOB_LOCK_MS: '1000',
    STALLED_CHECK_MS: '100',
    SWEEP_MS: '50',
    RETENTION_DAYS: '90',
    SHUTDOWN_GRACE_MS: '100',
    WORKER_HEALTH_PORT: '3001',
    METRICS_PORT: '9464',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  });
  expect(config).toEqual({
    host: '::',
    port: 0,
    databaseUrl: DATABASE_URL,
    databaseReplicaUrl: 'postgresql://replica.example.com/bulk',
    databaseReplicaLagMs: 1_000,
    redisUrl: 'rediss://redis.example.com:6380/1',
    databasePoolSize: 2,
    databasePreparedStatements: false,
    queuePrefix: 'other_1',
    logLevel: 'silent',
    apiAuth: 'keys',
    jwt: {
      jwksUrl: 'https://id.example.com/jwks.json',
      issuer: 'https://id.example.com/',
      audience: 'bulk-registrations',
    },
    requestsPerMinute: 600,
    mentorsPerDay: 1_000_000,
    registrationsInFlight: 50,
    trustedProxies: ['10.0.0.0/8', '::1'],
    adminUser: 'root',
    adminPassword: '12345678',
    viewerPassword: '87654321',
    dashboardReadOnly: false,
    corsOrigins: ['https://a.example.com', 'http://localhost:5173'],
    webhook: { url: 'https://hooks.example.com/bulk', secret: WEBHOOK_SECRET, allowsPrivate: true },
    bodyLimitBytes: 1_024,
    maxEventLoopDelayMs: 500,
    maxWatchers: 7,
    maxWatchersPerCaller: 3,
    batchSize: 1,
    firstConcurrency: 3,
    restConcurrency: 4,
    timeSliceMs: 5,
    jobLockMs: 1_000,
    stalledCheckMs: 100,
    sweepMs: 50,
    retentionDays: 90,
    shutdownGraceMs: 100,
    workerHealthPort: 3_001,
    metricsPort: 9_464,
    otlpEndpoint: 'http://collector:4318',
  } satisfies Config);
});

test('the configuration cannot be changed', () => {
  expect(Object.isFrozen(loadConfig({ DATABASE_URL }))).toBe(true);
});

test('an empty value counts as none', () => {
  const config = loadConfig({ DATABASE_URL, REDIS_URL: '', PORT: ' ', WORKER_HEALTH_PORT: '' });
  expect(config).toMatchObject({ redisUrl: null, port: 3000, workerHealthPort: null });
});

test('all errors are named at once', () => {
  const faults = faultsOf({
    PORT: 'http',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'localhost',
    CORS_ORIGINS: 'example.com',
  });
  expect(faults).toEqual([
    expect.stringContaining('PORT'),
    expect.stringContaining('DATABASE_URL'),
    expect.stringContaining('REDIS_URL'),
    expect.stringContaining('LOG_LEVEL'),
    expect.stringContaining('CORS_ORIGINS'),
  ]);
});

test.each([
  ['DASHBOARD_READ_ONLY', 'no'],
  ['PORT', '65536'],
  ['PORT', '-1'],
  ['PORT', '3e3'],
  ['PORT', '0x10'],
  ['BATCH_SIZE', '0'],
  ['BATCH_SIZE', '1.5'],
  ['TIME_SLICE_MS', '250ms'],
  ['WORKER_HEALTH_PORT', 'none'],
  ['METRICS_PORT', '65536'],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
  ['RETENTION_DAYS', '0'],
  ['QUEUE_PREFIX', 'Bulk'],
  ['QUEUE_PREFIX', 'bulk:1'],
  ['QUEUE_PREFIX', `b${'x'.repeat(31)}`],
  ['LOG_LEVEL', 'INFO'],
  ['ADMIN_PASSWORD', '1234567'],
  ['DATABASE_URL', 'mysql://db.example.com/bulk'],
  ['REDIS_URL', 'http://redis.example.com'],
  ['CORS_ORIGINS', 'https://a.example.com/'],
  ['CORS_ORIGINS', '*'],
  ['WEBHOOK_ALLOW_PRIVATE', 'yes'],
])('%s may not be %s', (name, value) => {
  expect(faultsOf({ DATABASE_URL, [name]: value })).toEqual([expect.stringContaining(name)]);
});

test('an error of an address or a password does not repeat it', () => {
  const faults = faultsOf({
    DATABASE_URL: 'mysql://user:hunter2@db',
    REDIS_URL: 'hunter2',
    ADMIN_PASSWORD: 'hunter2',
  });
  expect(faults).toHaveLength(3);
  expect(faults.join()).not.toContain('hunter2');
});

test('.env.example names every setting with its default', () => {
  const settings = readFileSync(new URL('config.ts', import.meta.url), 'utf8').matchAll(
    /read\.\w+\('([A-Z_]+)'/g,
  );
  const names = new Set(Array.from(settings, ([, name]) => name));
  const example = readFileSync(new URL('../../../.env.example', import.meta.url), 'utf8');
  const lines = Array.from(example.matchAll(/^#?([A-Z_]+)=(.*)$/gm), ([, name = '', value = '']) => [
    name,
    value,
  ]);
  expect(new Set(lines.map(([name]) => name))).toEqual(names);
  expect(loadConfig({ ...Object.fromEntries(lines), DATABASE_URL })).toEqual(loadConfig({ DATABASE_URL }));
});

function faultsOf(env: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.errors;
    throw error;
  }
  return [];
}

test('an API that other machines reach starts only after somebody has chosen who may call it', () => {
  for (const host of ['127.0.0.1', '127.8.8.8', '::1', 'localhost'])
    refuseOpenAddress({ host, apiAuth: null });
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'api.example.com', '127.0.0.1.example.com']) {
    expect(() => refuseOpenAddress({ host, apiAuth: null })).toThrow(`HOST=${host}`);
    refuseOpenAddress({ host, apiAuth: 'none' });
    refuseOpenAddress({ host, apiAuth: 'keys' });
  }
});

test('the settings of tokens come together', () => {
  expect(() => loadConfig({ DATABASE_URL, JWT_JWKS_URL: 'https://id.example.com/jwks.json' })).toThrow(
    'JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE must be set together',
  );
});

test('the settings of the webhook come together, and no error repeats its secret', () => {
  const url = 'https://hooks.example.com/bulk';
  const together = ['WEBHOOK_URL and WEBHOOK_SECRET must be set together'];
  expect(faultsOf({ DATABASE_URL, WEBHOOK_URL: url })).toEqual(together);
  expect(faultsOf({ DATABASE_URL, WEBHOOK_SECRET })).toEqual(together);
  for (const secret of [
    'hunter2',
    'whsec_hunter2',
    `whsec_${'ab1+'.repeat(22)}`,
    `whsec_${'hunter2!'.repeat(8)}`,
  ]) {
    const faults = faultsOf({ DATABASE_URL, WEBHOOK_URL: url, WEBHOOK_SECRET: secret });
    expect(faults).toEqual([expect.stringContaining('WEBHOOK_SECRET must be whsec_')]);
    expect(faults.join()).not.toContain(secret);
  }
  for (const wrong of ['ftp://hooks.example.com', 'https://me:hunter2@hooks.example.com']) {
    const faults = faultsOf({ DATABASE_URL, WEBHOOK_URL: wrong, WEBHOOK_SECRET });
    expect(faults).toEqual([expect.stringContaining('WEBHOOK_URL must')]);
    expect(faults.join()).not.toContain('hunter2');
  }
});
