import type { Lane, Message } from '../domain/message.ts';
import type { RegistrationQueue, Whereabouts } from '../queue/registration-queue.ts';
import { createMemoryQueue, type Delivery } from './memory-queue.ts';
import type { Random } from './random.ts';

export interface Unreliability {
  /** How many of the messages are lost. */
  lost: number;
  /** How often a message is delivered, at most. */
  copies: number;
  /** How often it says at random where a message is. */
  lies: number;
}

/** Delivers messages in any order, several times or never, and lies about them. */
export interface UnreliableQueue extends RegistrationQueue {
  /** Waits for a message; null when the queue is closed. */
  take(): Promise<Delivery | null>;
  loseAll(): void;
}

const WHEREABOUTS: readonly Whereabouts[] = ['waiting', 'taken', 'gone'];

export function createUnreliableQueue(
  random: Random,
  { lost, copies, lies }: Unreliability,
): UnreliableQueue {
  const honest = createMemoryQueue();
  const takers: Array<(delivery: Delivery | null) => void> = [];
  let isClosed = false;

  const deliver = (delivery: Delivery) => {
    const taker = takers.shift();
    if (taker) taker(delivery);
    else honest.waiting.push(delivery);
  };
  const ring = async (message: Message, lane: Lane) => {
    if (random.chance(lost)) return;
    for (let copy = random.between(1, copies); copy > 0; copy -= 1) deliver({ message, lane });
  };

  return {
    ...honest,
    ring,
    ringInBackground: (message, lane) => void ring(message, lane),
    locate: async (message) => (random.chance(lies) ? random.pick(WHEREABOUTS) : honest.locate(message)),

    async take() {
      const at = random.between(0, Math.max(0, honest.waiting.length - 1));
      const [delivery] = honest.waiting.splice(at, 1);
      if (delivery || isClosed) return delivery ?? null;
      return new Promise((resolve) => takers.push(resolve));
    },

    loseAll() {
      honest.waiting.length = 0;
    },

    async close() {
      isClosed = true;
      for (const taker of takers.splice(0)) taker(null);
    },
  };
}
