import { createHash, timingSafeEqual } from 'node:crypto';
import { type Config, type Deps, formatRegistrationId, parseJobData } from '@bulk/core';
import { createBullBoard } from '@bull-board/api';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';
import { FastifyAdapter } from '@bull-board/fastify';
import basicAuth from '@fastify/basic-auth';
import type { App } from '../fastify-app.ts';
import { allowInlineStyles } from './security-headers.ts';

const PATH = '/admin/queues';

/** The queue dashboard, for whoever knows the password; with no password set, there is none. */
export async function addDashboard(app: App, { config, queue }: Deps): Promise<void> {
  const { adminPassword } = config;
  if (adminPassword === null) return;
  await app.register(async (scope) => {
    await scope.register(basicAuth, {
      authenticate: { realm: 'Bulk registrations' },
      validate: async (user, password) => {
        if (!isAdmin({ user, password }, config)) return new Error('wrong user or password');
      },
    });
    scope.addHook('onRequest', allowInlineStyles);
    scope.addHook('onRequest', scope.basicAuth);
    await scope.register(createBoard(queue, config).registerPlugin(), { prefix: PATH });
  });
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
        boardTitle: 'Bulk registrations',
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

/** Both are always compared, and in constant time: neither the answer nor its delay tells which was wrong. */
function isAdmin({ user, password }: Credentials, { adminUser, adminPassword }: Config): boolean {
  const isUser = isSame(user, adminUser);
  const isPassword = isSame(password, adminPassword ?? '');
  return isUser && isPassword && adminPassword !== null;
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}
