import type { BatchKey } from '../batches/statement-parts.ts';

/** What a job carries: references only. A lost job may delay work, and never changes an answer. */
export interface JobData {
  /** Decimal digits; JSON has no bigint. */
  registrationId: string;
  attempt: number;
  /** A fencing token: the row has the generation of the job that may run the attempt. */
  generation: number;
}

/** A job to add, and what the dashboard shows of it. */
export interface NewJob extends JobData {
  /** Of the registration. */
  mentorCount: number;
  /** In the queue `rest`: the lowest is taken first. */
  turn?: number | null;
}

/**
 * - first: the first batch of each attempt; a small registration is done with it
 * - rest: the other batches, in time slices; what is left after one waits for the next turn of its coordinator
 */
export const QUEUES = ['first', 'rest'] as const;
export type QueueName = (typeof QUEUES)[number];

/** Makes the id of a job in BullMQ: adding one twice while it is there does nothing. */
export function jobId({ registrationId, attempt, generation }: JobData): string {
  return `bulk-${registrationId}.${attempt}.${generation}`;
}

/** Makes the key of one batch of a job's attempt. */
export function batchKeyOf({ registrationId, attempt, generation }: JobData, batchNo: number): BatchKey {
  return { registrationId: BigInt(registrationId), attempt, generation, batchNo };
}

/** Checks what came out of a queue; null unless it is the data of a job. */
export function parseJobData(data: unknown): JobData | null {
  if (typeof data !== 'object' || data === null) return null;
  const { registrationId, attempt, generation } = data as Record<string, unknown>;
  if (typeof registrationId !== 'string' || !/^[1-9]\d{0,18}$/.test(registrationId)) return null;
  if (!isCount(attempt) || !isCount(generation)) return null;
  return { registrationId, attempt, generation };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;
}
