import { EventEmitter, once } from 'node:events';
import { BASE_PATH } from '@bulk/contract';
import { mentors, registrationRequest, type startWebhookEndpoint, waitFor } from '@bulk/core/testing';
import type { ServiceProcess } from '../processes.ts';
import type { Service } from '../service.ts';

/** What runs while an alert is awaited. */
export interface World {
  service: Service;
  worker: ServiceProcess;
  endpoint: Awaited<ReturnType<typeof startWebhookEndpoint>>;
  redis: { pause(): void; resume(): void };
}

export interface AlertFault {
  /** Makes the fault. Returns what ends it, so that the service can be checked and stopped. */
  inject(world: World): Promise<() => Promise<void> | void>;
  /** What callers do meanwhile; it is called again and again. */
  meanwhile?(world: World): Promise<void>;
  settings?: Record<string, string>;
  /** How long a minute of the rules takes. Where a process waits two seconds for what is gone, a scrape takes that long. */
  minuteMs?: number;
}

const SLOW_MINUTE_MS = 12_000;
const nothing = () => {};
/** Requests that wait for a connection to the database. */
const listing = new Set<Promise<void>>();

/** How the fault of each alert is made. */
export const ALERT_FAULTS: Record<string, AlertFault> = {
  ApiGone: {
    async inject({ service }) {
      await service.stop(service.api, 'SIGKILL');
      return nothing;
    },
  },

  WorkersGone: {
    async inject({ service, worker }) {
      await service.stop(worker, 'SIGKILL');
      return nothing;
    },
  },

  NothingMoves: {
    async inject(world) {
      await pauseQueues(world);
      await submitEarlier(world, '3 minutes');
      return () => resumeQueues(world);
    },
  },

  RegistrationTooOld: {
    async inject(world) {
      await pauseQueues(world);
      await submitEarlier(world, '31 minutes');
      return () => resumeQueues(world);
    },
  },

  ApiErrors: {
    async inject({ service: { deps } }) {
      await deps.database.goAway();
      return () => deps.database.comeBack();
    },
    meanwhile: list,
  },

  DatabaseUnreachable: {
    async inject({ service: { deps } }) {
      await deps.database.goAway();
      return () => deps.database.comeBack();
    },
  },

  DatabasePoolExhausted: {
    settings: { DATABASE_POOL_SIZE: '2' },
    minuteMs: SLOW_MINUTE_MS,
    async inject({ service: { deps } }) {
      const blocked = new EventEmitter();
      const transaction = deps.db.prisma.$transaction(
        async (tx) => {
          await tx.$executeRaw`set local idle_in_transaction_session_timeout = 0`;
          await tx.$executeRaw`lock table bulk_registrations in access exclusive mode`;
          blocked.emit('begin');
          await once(blocked, 'end');
        },
        { timeout: 400_000 },
      );
      await once(blocked, 'begin');
      return async () => {
        blocked.emit('end');
        await transaction;
      };
    },
    async meanwhile(world) {
      if (listing.size >= 8) return;
      const one = list(world).finally(() => listing.delete(one));
      listing.add(one);
    },
  },

  QueueUnreachable: {
    minuteMs: SLOW_MINUTE_MS,
    async inject({ redis }) {
      redis.pause();
      return () => redis.resume();
    },
  },

  TransientErrors: {
    async inject(world) {
      const { prisma } = world.service.deps.db;
      await prisma.$executeRaw`alter table activities rename to activities_away`;
      for (let sent = 0; sent < 20; sent += 1) await submit(world, `m${sent}`);
      return async () => {
        await prisma.$executeRaw`alter table activities_away rename to activities`;
      };
    },
  },

  EventLoopLag: {
    async inject({ service: { api } }) {
      const toggle = setInterval(() => {
        api.kill('SIGSTOP');
        setTimeout(() => api.kill('SIGCONT'), 400);
      }, 500);
      return () => {
        clearInterval(toggle);
        api.kill('SIGCONT');
      };
    },
    minuteMs: 4_000,
  },

  WebhookNotDelivered: {
    async inject(world) {
      const { service, endpoint } = world;
      endpoint.answer((response) => response.writeHead(500).end());
      await service.finished(await submit(world, 'm'));
      await service.deps.db.prisma.$executeRaw`
        update webhook_deliveries
        set created_at = created_at - interval '20 minutes'`;
      return nothing;
    },
  },
};

function submit({ service }: World, prefix: string): Promise<string> {
  return service.submit(registrationRequest({ mentor_ids: mentors(prefix, 3) }));
}

async function list({ service }: World): Promise<void> {
  await fetch(`${service.url}${BASE_PATH}`).then((answer) => answer.text());
}

async function submitEarlier(world: World, interval: string): Promise<void> {
  await submit(world, 'm');
  await world.service.deps.db.prisma.$executeRaw`
    update bulk_registrations
    set created_at = created_at - ${interval}::interval`;
}

async function pauseQueues({ service: { deps } }: World): Promise<void> {
  await Promise.all(deps.queue.dashboardQueues().map((queue) => queue.pause()));
}

async function resumeQueues({ service: { deps } }: World): Promise<void> {
  await Promise.all(deps.queue.dashboardQueues().map((queue) => queue.resume()));
  await waitFor(
    async () => (await deps.db.prisma.bulkRegistration.count({ where: { status: 'processing' } })) === 0,
  );
}
