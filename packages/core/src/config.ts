import { existsSync } from 'node:fs';
import { type SettingsReader, settingsReader } from './settings-reader.ts';

/**
 * Every setting of the service. This file is the only reader of `process.env`; everything else
 * is handed the frozen result as an argument.
 */
export interface Config {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly databaseUrl: string;
  /** A streaming standby of that database, for reads; null: there is none. */
  readonly databaseReplicaUrl: string | null;
  /** How long a read waits for the replica to catch up; after that it goes to the primary. */
  readonly databaseReplicaLagMs: number;
  /** null: the queue runs on PostgreSQL too. */
  readonly redisUrl: string | null;
  /** Connections of one process to PostgreSQL, the queue's own not counted. */
  readonly databasePoolSize: number;
  /** false: behind a pooler that knows none, as PgBouncer before 1.21 in transaction mode. */
  readonly databasePreparedStatements: boolean;
  /** All Redis keys and the PostgreSQL schema of the queue start with it. */
  readonly queuePrefix: string;
  readonly logLevel: LogLevel;
  /** null: not chosen; open on a loopback address, refused on any other. */
  readonly apiAuth: 'none' | 'keys' | null;
  /** Tokens of an identity provider that are taken as keys are; null: none. */
  readonly jwt: { readonly jwksUrl: string; readonly issuer: string; readonly audience: string } | null;
  /** Of one caller; null: no limit. */
  readonly requestsPerMinute: number | null;
  readonly mentorsPerDay: number | null;
  readonly registrationsInFlight: number | null;
  /** Proxies whose X-Forwarded-For is believed: addresses or CIDR ranges. */
  readonly trustedProxies: readonly string[];
  readonly adminUser: string;
  /** null: the dashboard is not mounted. */
  readonly adminPassword: string | null;
  /** Of the dashboard's user `viewer`, who only looks; null: there is none. */
  readonly viewerPassword: string | null;
  /** false: the dashboard can also remove, retry and pause. */
  readonly dashboardReadOnly: boolean;
  /** Origins whose pages may call the API from a browser. */
  readonly corsOrigins: readonly string[];
  /** Where the events of registrations are sent; null: nowhere. */
  readonly webhook: WebhookConfig | null;
  readonly bodyLimitBytes: number;
  /**
   * How late the event loop of the API may be, as the mean of a second, before new requests are refused. A body of
   * 100,000 mentors takes less than 100. Not a setting: tests raise it, because they share a process with what they do.
   */
  readonly maxEventLoopDelayMs: number;
  /** Clients that may watch registrations through one API process at once. */
  readonly maxWatchers: number;
  /** Of them, with one key. */
  readonly maxWatchersPerCaller: number;
  /** Mentors one statement writes. */
  readonly batchSize: number;
  /** Jobs of the queue `first` that one worker runs at once. */
  readonly firstConcurrency: number;
  /** Jobs of the queue `rest` that one worker runs at once, with two batches in flight each. */
  readonly restConcurrency: number;
  /** How long a job of the queue `rest` goes on before it hands over to another that waits. */
  readonly timeSliceMs: number;
  readonly jobLockMs: number;
  readonly stalledCheckMs: number;
  readonly sweepMs: number;
  /** Days after which a registration that has ended is deleted; null: it is kept. */
  readonly retentionDays: number | null;
  /** How long a stopping process waits for what it has begun. */
  readonly shutdownGraceMs: number;
  /** Where a worker answers /healthz and /readyz; null: nowhere. */
  readonly workerHealthPort: number | null;
  /** Where the process shows its metrics; null: nowhere. */
  readonly metricsPort: number | null;
  /** Where traces are sent; null: nowhere. OpenTelemetry reads it and its other settings itself. */
  readonly otlpEndpoint: string | null;
}

export interface WebhookConfig {
  readonly url: string;
  /** whsec_, and 24 to 64 bytes in base64. */
  readonly secret: string;
  /** Whether the address may be inside the private network. */
  readonly allowsPrivate: boolean;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Thrown with every config error at once. */
export class ConfigError extends Error {
  readonly errors: readonly string[];

  constructor(errors: readonly string[]) {
    super(`These settings are not valid:\n${errors.map((error) => `  ${error}`).join('\n')}`);
    this.name = 'ConfigError';
    this.errors = errors;
  }
}

/** Reads `.env` of the working directory, if there is one, without replacing what is set. */
export function readEnvironment(): NodeJS.ProcessEnv {
  if (existsSync('.env')) process.loadEnvFile('.env');
  return process.env;
}

/** Whether only this machine reaches the host; an IPv6 address may have the brackets of a URL. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d+){3}|::1|\[::1\])$/.test(host);
}

/** @throws ConfigError where the API could be reached from other machines and nobody has chosen who may call it */
export function refuseOpenAddress({ host, apiAuth }: Pick<Config, 'host' | 'apiAuth'>): void {
  if (apiAuth !== null || isLoopback(host)) return;
  throw new ConfigError([
    `API_AUTH must be set, because other machines reach the API at HOST=${host}: keys (npm run keys makes them), or none to let everybody in`,
  ]);
}

/** @throws ConfigError naming every setting that is missing or wrong */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const errors: string[] = [];
  const read = settingsReader(env, errors);
  const config: Config = {
    host: read.text('HOST', '127.0.0.1'),
    port: read.integer('PORT', 3000, { min: 0, max: 65_535 }),
    databaseUrl: read.url('DATABASE_URL', ['postgres:', 'postgresql:']) ?? read.missing('DATABASE_URL'),
    databaseReplicaUrl: read.url('DATABASE_REPLICA_URL', ['postgres:', 'postgresql:']),
    databaseReplicaLagMs: read.integer('DATABASE_REPLICA_LAG_MS', 200, { min: 1, max: 10_000 }),
    redisUrl: read.redisAddress('REDIS_URL'),
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 16, { min: 2, max: 1_000 }),
    databasePreparedStatements: read.boolean('DATABASE_PREPARED_STATEMENTS', true),
    queuePrefix: read.identifier('QUEUE_PREFIX', 'bulk'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    apiAuth: read.optionalOneOf('API_AUTH', ['none', 'keys']),
    jwt: readJwt(read, errors),
    requestsPerMinute: read.optionalInteger('REQUESTS_PER_MINUTE', LIMIT),
    mentorsPerDay: read.optionalInteger('MENTORS_PER_DAY', LIMIT),
    registrationsInFlight: read.optionalInteger('REGISTRATIONS_IN_FLIGHT', LIMIT),
    trustedProxies: read.addresses('TRUSTED_PROXIES'),
    adminUser: read.text('ADMIN_USER', 'admin'),
    adminPassword: read.secret('ADMIN_PASSWORD', { minLength: 8 }),
    viewerPassword: read.secret('VIEWER_PASSWORD', { minLength: 8 }),
    dashboardReadOnly: read.boolean('DASHBOARD_READ_ONLY', true),
    corsOrigins: read.origins('CORS_ORIGINS'),
    webhook: readWebhook(read, errors),
    bodyLimitBytes: read.integer('BODY_LIMIT_BYTES', 32 * 1024 * 1024, {
      min: 1_024,
      max: 256 * 1024 * 1024,
    }),
    maxEventLoopDelayMs: 500,
    maxWatchers: read.integer('MAX_WATCHERS', 2_000, { min: 1, max: 100_000 }),
    maxWatchersPerCaller: read.integer('MAX_WATCHERS_PER_CALLER', 200, { min: 1, max: 100_000 }),
    batchSize: read.integer('BATCH_SIZE', 1_000, { min: 1, max: 10_000 }),
    firstConcurrency: read.integer('FIRST_CONCURRENCY', 8, { min: 1, max: 500 }),
    restConcurrency: read.integer('REST_CONCURRENCY', 1, { min: 1, max: 500 }),
    timeSliceMs: read.integer('TIME_SLICE_MS', 150, { min: 1, max: 5_000 }),
    jobLockMs: read.integer('JOB_LOCK_MS', 10_000, { min: 1_000, max: 600_000 }),
    stalledCheckMs: read.integer('STALLED_CHECK_MS', 3_000, { min: 100, max: 600_000 }),
    sweepMs: read.integer('SWEEP_MS', 3_000, { min: 50, max: 600_000 }),
    retentionDays: read.optionalInteger('RETENTION_DAYS', { min: 1, max: 36_500 }),
    shutdownGraceMs: read.integer('SHUTDOWN_GRACE_MS', 10_000, { min: 100, max: 600_000 }),
    workerHealthPort: read.optionalInteger('WORKER_HEALTH_PORT', { min: 0, max: 65_535 }),
    metricsPort: read.optionalInteger('METRICS_PORT', { min: 0, max: 65_535 }),
    otlpEndpoint: read.url('OTEL_EXPORTER_OTLP_ENDPOINT', ['http:', 'https:']),
  };
  if (errors.length > 0) throw new ConfigError(errors);
  return Object.freeze(config);
}

function readJwt(read: SettingsReader, errors: string[]): Config['jwt'] {
  const jwksUrl = read.url('JWT_JWKS_URL', ['https:', 'http:']);
  const issuer = read.text('JWT_ISSUER', '');
  const audience = read.text('JWT_AUDIENCE', '');
  if (jwksUrl === null && issuer === '' && audience === '') return null;
  if (jwksUrl !== null && issuer !== '' && audience !== '') return { jwksUrl, issuer, audience };
  errors.push('JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE must be set together');
  return null;
}

function readWebhook(read: SettingsReader, errors: string[]): WebhookConfig | null {
  const url = read.url('WEBHOOK_URL', ['https:', 'http:']);
  const secret = read.text('WEBHOOK_SECRET', '');
  const allowsPrivate = read.boolean('WEBHOOK_ALLOW_PRIVATE', false);
  if (url === null && secret === '') return null;
  if (url === null || secret === '') {
    errors.push('WEBHOOK_URL and WEBHOOK_SECRET must be set together');
    return null;
  }
  if (URL.canParse(url) && new URL(url).username !== '')
    errors.push('WEBHOOK_URL must not have a user or a password');
  if (!isWebhookSecret(secret))
    errors.push('WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes in base64');
  return { url, secret, allowsPrivate };
}

function isWebhookSecret(text: string): boolean {
  const encoded = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text)?.[1];
  if (encoded === undefined) return false;
  const bytes = Buffer.from(encoded, 'base64').length;
  return bytes >= 24 && bytes <= 64;
}

const LIMIT = { min: 1, max: 1_000_000_000 };
