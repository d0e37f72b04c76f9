import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, type Config, type Deps, formatRegistrationId, parseJobData } from '@bulk/core';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import basicAuth from '@fastify/basic-auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { App } from '../fastify-app.ts';
import { letIn } from './access.ts';
import { allowInlineStyles } from './security-headers.ts';

const PATH = '/admin/queues';
/** The user who may only look. */
const VIEWER = 'viewer';

/** The queue dashboard, for whoever knows the password; with no password set, there is none. */
export async function addDashboard(app: App, { config, queue }: Deps): Promise<void> {
  const { adminPassword } = config;
  if (adminPassword === null) return;
  const guesses = limitGuesses();
  await app.register(async (scope) => {
    letIn(scope, 'password');
    await scope.register(basicAuth, {
      authenticate: { realm: 'Bulk registrations' },
      validate: async (user, password, request) => {
        await guesses.refuse(request.ip);
        const access = accessOf({ user, password }, config);
        if (access === null) {
          await guesses.note(request.ip);
          return new Error('wrong user or password');
        }
        if (access === 'look' && !isRead(request)) {
          throw new AppError('forbidden', 'This user may look, and change nothing.');
        }
      },
    });
    scope.addHook('onRequest', allowInlineStyles);
    scope.addHook('onRequest', scope.basicAuth);
    scope.addHook('onSend', withoutFonts);
    await scope.register(createBoard(queue, config).registerPlugin(), { prefix: PATH });
  });
}

/** Removes the fonts of Google, which the content security policy refuses; the page has others to use. */
async function withoutFonts(_request: FastifyRequest, _reply: FastifyReply, payload: unknown) {
  if (typeof payload !== 'string' || !payload.startsWith('<!DOCTYPE html>')) return payload;
  return payload.replace(/<link href="https:\/\/fonts\.[^>]*>/, '');
}

/** The dashboard's types know BullMQ on Redis only; it works on PostgreSQL just as well. */
type DashboardQueue = ConstructorParameters<typeof BullMQAdapter>[0];

function createBoard(queue: Deps['queue'], { dashboardReadOnly }: Config): FastifyAdapter {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: queue.dashboardQueues().map(
      (each) =>
        new BullMQAdapter(each as DashboardQueue, {
          readOnlyMode: dashboardReadOnly,
          externalJobUrl: pageOf,
        }),
    ),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Queue (low level)',
        favIcon: { default: 'static/images/logo.svg', alternative: 'static/favicon-32x32.png' },
      },
    },
  });
  // Its own error handler would send messages and stacks: throw, so that ours answers.
  serverAdapter.setErrorHandler((error) => {
    throw error;
  });
  return serverAdapter;
}

/** The page of the registration that a job is about. */
function pageOf({ data }: { data?: unknown }): { displayText: string; href: string } {
  const job = parseJobData(data);
  if (job === null) return { displayText: 'Registrations', href: '/' };
  const id = formatRegistrationId(BigInt(job.registrationId));
  return { displayText: id, href: `/registrations/${id}` };
}

interface Credentials {
  user: string;
  password: string;
}

/** All are always compared, and in constant time: neither the answer nor its delay tells which was wrong. */
function accessOf(
  { user, password }: Credentials,
  { adminUser, adminPassword, viewerPassword }: Config,
): 'change' | 'look' | null {
  const isAdmin = [isSame(user, adminUser), isSame(password, adminPassword ?? '')];
  const isViewer = [isSame(user, VIEWER), isSame(password, viewerPassword ?? '')];
  if (adminPassword !== null && isAdmin.every(Boolean)) return 'change';
  return viewerPassword !== null && isViewer.every(Boolean) ? 'look' : null;
}

function isRead({ method }: FastifyRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

/** Of one address and in a minute; then even the right one is refused until the minute is over. */
const WRONG_PASSWORDS = 10;

function limitGuesses() {
  const failures = new RateLimiterMemory({ points: WRONG_PASSWORDS, duration: 60 });
  return {
    /** @throws AppError `too_many_requests` */
    async refuse(address: string): Promise<void> {
      const failed = await failures.get(address);
      if (failed === null || failed.remainingPoints > 0) return;
      throw new AppError('too_many_requests', 'Too many wrong passwords came from your address.', {
        retryAfterSeconds: Math.ceil(failed.msBeforeNext / 1_000),
      });
    },

    async note(address: string): Promise<void> {
      await failures.consume(address).catch(() => {});
    },
  };
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
