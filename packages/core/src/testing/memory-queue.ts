import { type Lane, type Message, messageId } from '../domain/message.ts';
import type { RegistrationQueue } from '../queue/registration-queue.ts';

export interface Delivery {
  message: Message;
  lane: Lane;
}

/** A doorbell in memory, for tests that decide themselves what is delivered, when, and how often. */
export interface MemoryQueue extends RegistrationQueue {
  /** What was rung and not yet taken, oldest first. */
  readonly waiting: Delivery[];
}

/** As honest as a real one: a message waits until someone takes it out of `waiting`. */
export function createMemoryQueue(): MemoryQueue {
  const waiting: Delivery[] = [];
  const isWaiting = (message: Message) =>
    waiting.some((delivery) => messageId(delivery.message) === messageId(message));
  const ring = async (message: Message, lane: Lane) => {
    if (!isWaiting(message)) waiting.push({ message, lane });
  };

  return {
    waiting,
    locate: async (message) => (isWaiting(message) ? 'waiting' : 'gone'),
    isWanted: async (lane) => waiting.some((delivery) => delivery.lane === lane),
    ring,
    ringInBackground: (message, lane) => void ring(message, lane),
    ping: async () => {},
    close: async () => {},
    dashboardQueues: () => [],
  };
}
