import { withDeadline } from '../deadline.ts';
import type { Logger } from '../log.ts';
import { formatRegistrationId } from '../registrations/ids.ts';
import { type JobQueue, openQueue, type QueueConfig, type QueueTelemetry } from './backend.ts';
import { type JobData, jobId, type NewJob, QUEUES, type QueueName } from './job.ts';

/**
 * - waiting: for its first worker
 * - taken: a worker has begun it; that worker may be dead, and the job may wait for another one
 * - gone: never added, lost, completed or failed for good
 */
export type JobState = 'waiting' | 'taken' | 'gone';

/** Tells the workers that a registration has work. A lost job delays work, the sweeper adds it again. */
export interface RegistrationQueue {
  /**
   * Adds a job. Does nothing while a job with the same id is in the queue.
   *
   * @throws Error when the queue does not answer within two seconds
   */
  enqueue(job: NewJob, queueName: QueueName): Promise<void>;
  /** Adds a job without making the caller wait. If that fails, the sweeper adds it later. */
  enqueueInBackground(job: NewJob, queueName: QueueName): void;
  /** Looks for the job in both queues. By the job alone: a list that Redis has lost is not noticed. */
  getJobState(job: JobData): Promise<JobState>;
  /** Tells whether a job is in one of the lists that workers take from. Slow where many wait on Redis. */
  isListed(job: JobData): Promise<boolean>;
  /** True when a running job should make room: other jobs wait in its queue, or the queue is paused. */
  isWanted(queueName: QueueName): Promise<boolean>;
  /** Tells whether one of the two queues is paused, so that workers take nothing from it. */
  isPaused(): Promise<boolean>;
  /** Counts the jobs of both queues. Waits for a server that does not answer. */
  countJobs(): Promise<Record<QueueName, JobCounts>>;
  /** Rejects when the queue does not answer within two seconds. */
  ping(): Promise<void>;
  /** Waits for the jobs that are being added in the background, two seconds at most. */
  close(): Promise<void>;
  /** For the dashboard. */
  dashboardQueues(): JobQueue[];
}

export interface JobCounts {
  waiting: number;
  active: number;
  delayed: number;
  /** Of the job that is taken next, by the clocks of our processes; 0: none waits. */
  oldestWaitingSeconds: number;
}

/** BullMQ's calls can wait for ever on a server that is unreachable; nothing here waits longer. */
const DEADLINE_MS = 2_000;

/** Jobs kept in memory for a server that does not answer; the sweeper adds the others later. */
const MAX_UNANSWERED = 1_000;

/**
 * BullMQ's lowest priority. A workload that never pauses reaches it after days; from then on it is first come, first
 * served, until all large registrations are done once.
 */
const LAST_TURN = 2 ** 21 - 1;

const DAY_SECONDS = 24 * 60 * 60;

/** Tries of one job before it is left to the sweeper: about two minutes with `retryDelayMs`. */
const TRIES = 30;

export function createQueue(config: QueueConfig, log: Logger, telemetry?: QueueTelemetry): RegistrationQueue {
  const byName = Object.fromEntries(
    QUEUES.map((name) => [name, openQueue(config, name, telemetry)]),
  ) as Record<QueueName, JobQueue>;
  const queues = Object.values(byName);
  const onError = quietly(log);
  for (const queue of queues) queue.on('error', onError);

  const unfinished = new Set<Promise<void>>();
  // By age alone: on PostgreSQL keeping a number of them would cost a scan at each completion.
  const kept = config.redisUrl === null ? { age: DAY_SECONDS } : { age: DAY_SECONDS, count: 10_000 };

  let unanswered = 0;
  const enqueue = async (
    { mentorCount, turn = null, ...job }: NewJob,
    queueName: QueueName,
  ): Promise<void> => {
    if (unanswered >= MAX_UNANSWERED) throw new Error('the queue does not answer');
    unanswered += 1;
    const added = byName[queueName].add(jobName(job, mentorCount), job, {
      jobId: jobId(job),
      ...(queueName === 'rest' && { priority: Math.min(turn ?? 1, LAST_TURN) }),
      attempts: TRIES,
      backoff: { type: 'custom' },
      removeOnComplete: kept,
      removeOnFail: kept,
    });
    const answered = added.finally(() => {
      unanswered -= 1;
    });
    await withDeadline(answered, DEADLINE_MS, 'adding the job');
  };

  return {
    enqueue,

    enqueueInBackground(job, queueName) {
      const adding = enqueue(job, queueName)
        .catch((error: Error) => {
          log.warn({ job: jobId(job), reason: error.message }, 'could not add the job; the sweeper will');
        })
        .finally(() => unfinished.delete(adding));
      unfinished.add(adding);
    },

    async getJobState(job) {
      const asked = Promise.all(queues.map((queue) => queue.getJob(jobId(job))));
      const found = await withDeadline(asked, DEADLINE_MS, 'asking the queue');
      const open = found.filter((each) => each !== undefined && each.finishedOn === undefined);
      if (open.length === 0) return 'gone';
      return open.some((each) => each?.processedOn === undefined) ? 'waiting' : 'taken';
    },

    async isListed(job) {
      const asked = Promise.all(queues.map((queue) => queue.getJobState(jobId(job))));
      const states = await withDeadline(asked, DEADLINE_MS, 'asking the queue');
      return states.some((state) => state !== 'unknown');
    },

    async isWanted(queueName) {
      const queue = byName[queueName];
      const asked = Promise.all([
        queue.getWaitingCount(),
        queue.getPrioritizedCount(),
        queue.getDelayedCount(Date.now()),
        queue.isPaused(),
      ]);
      const [waiting, prioritized, due, isPaused] = await withDeadline(
        asked,
        DEADLINE_MS,
        'asking the queue',
      );
      return waiting + prioritized + due > 0 || isPaused;
    },

    async isPaused() {
      const asked = Promise.all(queues.map((queue) => queue.isPaused()));
      return (await withDeadline(asked, DEADLINE_MS, 'asking the queue')).includes(true);
    },

    async countJobs() {
      const counted = QUEUES.map(async (name) => [name, await countJobs(byName[name])]);
      return Object.fromEntries(await Promise.all(counted)) as Record<QueueName, JobCounts>;
    },

    async ping() {
      await withDeadline(byName.first.getJobState('ping'), DEADLINE_MS, 'reaching the queue');
    },

    async close() {
      await Promise.all(unfinished);
      await Promise.all(queues.map((queue) => withDeadline(queue.close(), DEADLINE_MS, 'closing the queue')));
    },

    dashboardQueues: () => queues,
  };
}

/** On PostgreSQL, BullMQ counts the waiting jobs of a paused queue under this name, which its types do not have. */
const PAUSED = 'paused' as 'waiting';

async function countJobs(queue: JobQueue): Promise<JobCounts> {
  const [counts, ...heads] = await Promise.all([
    queue.getJobCounts('waiting', PAUSED, 'prioritized', 'active', 'delayed'),
    queue.getWaiting(0, 0),
    queue.getPrioritized(0, 0),
  ]);
  const { waiting = 0, paused = 0, prioritized = 0, active = 0, delayed = 0 } = counts;
  const ages = heads.flat().map(({ timestamp }) => (Date.now() - timestamp) / 1_000);
  return {
    waiting: waiting + paused + prioritized,
    active,
    delayed,
    oldestWaitingSeconds: Math.max(0, ...ages),
  };
}

const COUNT = new Intl.NumberFormat('en-US');

/** The name that the dashboard shows. */
function jobName({ registrationId, attempt }: JobData, mentorCount: number): string {
  const mentors = mentorCount === 1 ? '1 mentor' : `${COUNT.format(mentorCount)} mentors`;
  return `${formatRegistrationId(BigInt(registrationId))}, attempt ${attempt}, ${mentors}`;
}

const QUIET_MS = 10_000;

/** Makes an error handler that logs at most one line in ten seconds: a lost server fails every call. */
export function quietly(log: Logger, message = 'the queue does not answer'): (error: Error) => void {
  let quietUntil = 0;
  return (error) => {
    if (Date.now() < quietUntil) return;
    quietUntil = Date.now() + QUIET_MS;
    log.warn({ reason: error.message }, message);
  };
}

/**
 * Milliseconds to wait after a number of failed tries, with jitter: 100 at first, 5,000 at most. Whole
 * numbers only: BullMQ on PostgreSQL refuses others, and the job would be stuck until it counts as stalled.
 */
export function retryDelayMs(failedTries: number): number {
  const delayMs = Math.min(5_000, 100 * 2 ** Math.min(failedTries - 1, 10));
  return Math.round(delayMs * (0.75 + Math.random() / 2));
}
