import { PROBLEMS, type Problem, problemType, type ResultsMode } from '@bulk/contract';
import type { Deps } from '@bulk/core';
import {
  createApiKey,
  createMemoryQueue,
  emptyTables,
  type MemoryQueue,
  type TestDeps,
} from '@bulk/core/testing';
import { expect } from 'vitest';
import { buildApp } from '../../app.ts';
import type { App } from '../../fastify-app.ts';
import type { Refusal } from './model.ts';

export type Answer = Awaited<ReturnType<App['inject']>>;

/** The service as it is, but for the queue: what is delivered, and how often, the commands decide. */
export interface Real {
  readonly app: App;
  /** The same, for callers with a key. */
  readonly guarded: App;
  /** Of a caller of coord-1. */
  readonly scopedKey: string;
  readonly deps: Deps;
  readonly queue: MemoryQueue;
  readonly seen: Seen;
}

/** What answers have told so far, and later ones must tell again. */
export interface Seen {
  /** `bulk-001 mentor-1` → pa-001. */
  activityIds: Map<string, string>;
  /** Of a registration, in the order in which they were seen. */
  tags: Map<string, Tag[]>;
}

export interface Tag {
  etag: string;
  mode: ResultsMode;
  body: string;
  version: string;
}

export async function createReal(testDeps: TestDeps, batchSize: number): Promise<Omit<Real, 'seen'>> {
  const queue = createMemoryQueue();
  // Idle for no time at all is long enough for the sweeper.
  const config = { ...testDeps.config, batchSize, sweepMs: 0 };
  const deps = { ...testDeps, config, queue };
  const guarded = await buildApp({ ...deps, config: { ...config, apiAuth: 'keys' } });
  const scopedKey = await createApiKey(deps.db, {
    name: 'scoped',
    role: 'coordinator',
    coordinatorIds: ['coord-1'],
    expiresAt: null,
  });
  return { app: await buildApp(deps), guarded, scopedKey, deps, queue };
}

/** Empty tables, and ids that start again at bulk-001. */
export async function startAfresh(real: Omit<Real, 'seen'>): Promise<Real> {
  await emptyTables(real.deps);
  real.queue.waiting.length = 0;
  return { ...real, seen: { activityIds: new Map(), tags: new Map() } };
}

export function expectRefusal(answer: Answer, { code, pointers }: Refusal): void {
  const { status, title } = PROBLEMS[code];
  const problem = answer.json<Problem>();
  expect({ status: answer.statusCode, problem }).toMatchObject({
    status,
    problem: { type: problemType(code), status, title },
  });
  if (pointers) expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
}
