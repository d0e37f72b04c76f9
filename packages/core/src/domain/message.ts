/** What travels through the queue: references only. Losing a message may delay work, never change an answer. */
export interface Message {
  /** Decimal digits; JSON has no bigint. */
  registrationId: string;
  attempt: number;
  /** Counts up each time the chain of an attempt is rung; the row holds the one that counts. */
  ring: number;
}

/** A message to ring with, and what the dashboard shows of it. */
export interface Ring extends Message {
  /** Of the registration. */
  mentorCount: number;
}

/**
 * - entry: every chain starts here and runs one batch, so a small registration is done with it
 * - slices: what is left of larger ones, in short slices that hand over at the tail to whoever waits
 */
export const LANES = ['entry', 'slices'] as const;
export type Lane = (typeof LANES)[number];

/** The id in the queue. Adding a message twice while it lives is a no-op; a fresh ring is a fresh id. */
export function messageId({ registrationId, attempt, ring }: Message): string {
  return `bulk-${registrationId}.${attempt}.${ring}`;
}

/** What came out of a queue is input like any other: null unless it is a message. */
export function parseMessage(data: unknown): Message | null {
  if (typeof data !== 'object' || data === null) return null;
  const { registrationId, attempt, ring } = data as Record<string, unknown>;
  if (typeof registrationId !== 'string' || !/^[1-9]\d{0,18}$/.test(registrationId)) return null;
  if (!isCount(attempt) || !isCount(ring)) return null;
  return { registrationId, attempt, ring };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
}
