import { randomBytes } from 'node:crypto';
import type { CreateRegistrationRequest } from '@bulk/contract';
import { inject } from 'vitest';
import { ANONYMOUS } from '../access/caller.ts';
import { type Config, loadConfig } from '../config.ts';
import { createDatabase } from '../database/client.ts';
import type { CallerDeps, Deps } from '../deps.ts';
import { createQueue } from '../jobs/registration-queue.ts';
import { createLogger } from '../log.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { submitRegistration } from '../registrations/submit.ts';
import { createMemoryQueue } from './memory-queue.ts';
import { cloneDatabase, type TestDatabase } from './test-database.ts';

export interface TestDeps extends CallerDeps {
  database: TestDatabase;
  /** The same environment for a process of its own. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** memory: nothing is delivered, and a test is the worker. */
type Backend = 'postgres' | 'redis' | 'memory';

export interface TestDepsOptions {
  /** Which queue; tests that name none run on PostgreSQL. */
  backend?: Backend;
  settings?: Record<string, string>;
}

/** A database and a queue of the caller's own, as a process would build them. */
export async function createTestDeps({
  backend = 'postgres',
  settings = {},
}: TestDepsOptions = {}): Promise<TestDeps> {
  const database = await cloneDatabase();
  const env = { DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...queueEnv(backend), ...settings };
  const config: Config = { ...loadConfig(env), maxEventLoopDelayMs: 60_000 };
  const log = createLogger(config, { name: 'test' });
  const db = createDatabase(config, log);
  const queue = backend === 'memory' ? createMemoryQueue() : createQueue(config, log);

  return {
    config,
    log,
    db,
    queue,
    metrics: createMetrics('api'),
    tracing: null,
    caller: ANONYMOUS,
    database,
    env,
    async close() {
      if (backend === 'redis') {
        for (const each of queue.dashboardQueues()) await each.obliterate({ force: true });
      }
      await queue.close();
      await db.close();
      await database.drop();
    },
  };
}

/** On Redis all tests share a server, so that each takes a prefix; on PostgreSQL each has a database. */
function queueEnv(backend: Backend): Record<string, string> {
  if (backend !== 'redis') return {};
  const redisUrl = inject('redisUrl');
  if (redisUrl === null) throw new Error('This test needs a Redis; `npm test` finds or installs one.');
  return { REDIS_URL: redisUrl, QUEUE_PREFIX: `t${randomBytes(6).toString('hex')}` };
}

/** `mentors('m', 3)` → m-1, m-2, m-3. */
export function mentors(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index + 1}`);
}

/** A valid request; each field can be replaced. */
export function registrationRequest(
  fields: Partial<CreateRegistrationRequest> = {},
): CreateRegistrationRequest {
  return {
    coordinator_id: 'coord-42',
    mentor_ids: mentors('mentor', 4),
    activity_type: 'group_workshop',
    activity_date: '2026-03-28',
    duration_minutes: 120,
    ...fields,
  };
}

/** Stores a registration and returns its id, `bulk-001`. */
export async function submit(deps: Deps, fields: Partial<CreateRegistrationRequest> = {}): Promise<string> {
  const { answer } = await submitRegistration({ ...deps, caller: ANONYMOUS }, registrationRequest(fields));
  return answer.id;
}
