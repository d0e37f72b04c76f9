import { withDeadline } from '../deadline.ts';
import { formatRegistrationId } from '../domain/ids.ts';
import { LANES, type Lane, type Message, messageId, type Ring } from '../domain/message.ts';
import type { Logger } from '../log.ts';
import { type MessageQueue, openQueue, type QueueConfig } from './backend.ts';

/**
 * - waiting: for any worker
 * - taken: a worker runs it, or ran it and will try again; that worker may be dead by now
 * - gone: never rung, lost, done or given up
 */
export type Whereabouts = 'waiting' | 'taken' | 'gone';

/** The doorbell: says that a registration has work, and nothing about it. */
export interface RegistrationQueue {
  /** Adds a message; a no-op while one of the same id lives. Rejects within two seconds if it can't. */
  ring(message: Ring, lane: Lane): Promise<void>;
  /** Rings without making the caller wait. A ring that fails is made up for by the sweeper. */
  ringInBackground(message: Ring, lane: Lane): void;
  /** Where the message is, in either lane. */
  locate(message: Message): Promise<Whereabouts>;
  /** Whether who runs a message of the lane should make room: others wait, or the lane is paused. */
  isWanted(lane: Lane): Promise<boolean>;
  /** Rejects when the queue does not answer within two seconds. */
  ping(): Promise<void>;
  /** Waits for rings in the background, each within its deadline. */
  close(): Promise<void>;
  /** For the dashboard. */
  dashboardQueues(): MessageQueue[];
}

/** An unreachable server can keep BullMQ's calls waiting for ever; nothing here waits longer. */
const DEADLINE_MS = 2_000;

/** Rings kept in memory for a server that is away; the sweeper makes up for the others. */
const MAX_UNANSWERED = 1_000;

const DAY_SECONDS = 24 * 60 * 60;

/** Tries of one message before it is left to the sweeper: about two minutes with `retryDelayMs`. */
const TRIES = 30;

const TAKEN = new Set(['active', 'delayed']);
const WAITING = new Set(['waiting', 'prioritized', 'waiting-children', 'paused']);

export function createQueue(config: QueueConfig, log: Logger): RegistrationQueue {
  const lanes = Object.fromEntries(LANES.map((lane) => [lane, openQueue(config, lane)])) as Record<
    Lane,
    MessageQueue
  >;
  const queues = Object.values(lanes);
  const onError = quietly(log);
  for (const queue of queues) queue.on('error', onError);

  const rings = new Set<Promise<void>>();
  // By age alone: on PostgreSQL keeping a number of them would cost a scan at each completion.
  const kept = config.redisUrl === null ? { age: DAY_SECONDS } : { age: DAY_SECONDS, count: 10_000 };

  let unanswered = 0;
  const ring = async ({ mentorCount, ...message }: Ring, lane: Lane): Promise<void> => {
    if (unanswered >= MAX_UNANSWERED) throw new Error('the queue is away');
    unanswered += 1;
    const added = lanes[lane].add(messageName(message, mentorCount), message, {
      jobId: messageId(message),
      attempts: TRIES,
      backoff: { type: 'custom' },
      removeOnComplete: kept,
      removeOnFail: kept,
    });
    const answered = added.finally(() => {
      unanswered -= 1;
    });
    await withDeadline(answered, DEADLINE_MS, 'ringing');
  };

  return {
    ring,

    ringInBackground(message, lane) {
      const ringing = ring(message, lane)
        .catch((error: Error) => {
          log.warn(
            { message: messageId(message), reason: error.message },
            'could not ring; the sweeper will',
          );
        })
        .finally(() => rings.delete(ringing));
      rings.add(ringing);
    },

    async locate(message) {
      const asked = Promise.all(queues.map((queue) => queue.getJobState(messageId(message))));
      const states = await withDeadline(asked, DEADLINE_MS, 'asking the queue');
      if (states.some((state) => WAITING.has(state))) return 'waiting';
      return states.some((state) => TAKEN.has(state)) ? 'taken' : 'gone';
    },

    async isWanted(lane) {
      const queue = lanes[lane];
      const asked = Promise.all([
        queue.getWaitingCount(),
        queue.getDelayedCount(Date.now()),
        queue.isPaused(),
      ]);
      const [waiting, due, isPaused] = await withDeadline(asked, DEADLINE_MS, 'asking the queue');
      return waiting + due > 0 || isPaused;
    },

    async ping() {
      await withDeadline(lanes.entry.getJobState('ping'), DEADLINE_MS, 'reaching the queue');
    },

    async close() {
      await Promise.all(rings);
      await Promise.all(queues.map((queue) => withDeadline(queue.close(), DEADLINE_MS, 'closing the queue')));
    },

    dashboardQueues: () => queues,
  };
}

const COUNT = new Intl.NumberFormat('en-US');

/** As the dashboard lists it. */
function messageName({ registrationId, attempt }: Message, mentorCount: number): string {
  const mentors = mentorCount === 1 ? '1 mentor' : `${COUNT.format(mentorCount)} mentors`;
  return `${formatRegistrationId(BigInt(registrationId))}, attempt ${attempt}, ${mentors}`;
}

const QUIET_MS = 10_000;

/** A server that is away fails every call and every reconnect; one line in ten seconds tells it. */
export function quietly(log: Logger): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + QUIET_MS;
    log.warn({ reason: error.message }, 'the queue does not answer');
  };
}

/**
 * How long to wait after a number of failed tries, with jitter: 0.1 s at first, 5 s at most. In whole
 * milliseconds: BullMQ on PostgreSQL refuses others, and the message would be stuck until it counts as stalled.
 */
export function retryDelayMs(failedTries: number): number {
  const delayMs = Math.min(5_000, 100 * 2 ** Math.min(failedTries - 1, 10));
  return Math.round(delayMs * (0.75 + Math.random() / 2));
}
