import { createHash, timingSafeEqual } from 'node:crypto';
import { AppError, type Config, type Deps, formatRegistrationId, parseJobData } from '@bulk/core';
import { createBullBoard } from '@bull-board/api';
import { FastifyAdapter } from '@bull-board/fastify';
import basicAuth from '@fastify/basic-auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { App } from '../fastify-app.ts';
import { letIn } from './access.ts';
import { RegistrationsAdapter } from './dashboard-queue.ts';
import { allowInlineStyles } from './security-headers.ts';

const PATH = '/admin/queues';
/** The user who may only look. */
const VIEWER = 'viewer';

/** The queue dashboard, for whoever knows the password; with no password set, there is none. */
export async function addDashboard(app: App, deps: Deps): Promise<void> {
  const { config } = deps;
  if (config.adminPassword === null) return;
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
    await scope.register(createBoard(deps).registerPlugin(), { prefix: PATH });
  });
}

/** Removes the fonts of Google, which the content security policy refuses; the page has others to use. */
async function withoutFonts(_request: FastifyRequest, _reply: FastifyReply, payload: unknown) {
  if (typeof payload !== 'string' || !payload.startsWith('<!DOCTYPE html>')) return payload;
  return payload.replace(/<link href="https:\/\/fonts\.[^>]*>/, '');
}

/** In the order of the queues. */
const NAMES = [
  {
    displayName: 'First batches',
    description: 'The first batch of each registration, retry and undo. Small ones have no other batch.',
  },
  { displayName: 'Other batches', description: 'The other batches of large registrations, in turns.' },
];

function createBoard({ db, queue, config }: Pick<Deps, 'db' | 'queue' | 'config'>): FastifyAdapter {
  const serverAdapter = new FastifyAdapter();
  serverAdapter.setBasePath(PATH);
  createBullBoard({
    queues: queue.dashboardQueues().map(
      (each, index) =>
        new RegistrationsAdapter({ db }, each, {
          ...NAMES[index],
          readOnlyMode: config.dashboardReadOnly,
          externalJobUrl: pageOf,
        }),
    ),
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'Queue (low level)',
        boardLogo: { path: '/icon.svg', width: 26, height: 26 },
        favIcon: { default: '/icon.svg', alternative: '/icon.svg' },
        // Both buttons are icons: one leads to another site, the other one is the logo of Redis.
        hideDocsLink: true,
        hideRedisDetails: config.redisUrl === null,
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
