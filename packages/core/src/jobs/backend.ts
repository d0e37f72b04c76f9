import {
  type BackendFactory,
  createIORedisClient,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type Processor,
  type Queue,
  RedisConnection,
  type Telemetry,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import pg from 'pg';
import type { Config } from '../config.ts';
import { onSilence } from '../database/pool.ts';
import { createRedisClient } from '../redis/redis-client.ts';
import type { JobData, QueueName } from './job.ts';

// The two backends differ in the type of their connection only; past this file nobody sees it.
// biome-ignore lint/suspicious/noExplicitAny: BullMQ's connection type, opaque to us
type Connection = any;

export type JobQueue = Queue<JobData, unknown, string, JobData, unknown, string, IQueueBackend, Connection>;
export type JobWorker = Worker<JobData, unknown, string, IQueueBackend, never, Connection>;
export type QueuedJob = Job<JobData, unknown, string>;
export type JobWorkerOptions = Omit<WorkerOptions<Connection>, 'connection' | 'prefix'>;

const QUEUE_NAMES: Record<QueueName, string> = {
  first: 'bulk-registrations',
  rest: 'bulk-registrations-rest',
};

/** Connections of one queue or worker to PostgreSQL; a worker has one more, which listens. */
export const QUEUE_POOL_SIZE = 5;

/** Takes the trace of a call along in its job. */
export type QueueTelemetry = Telemetry<Connection>;

export type QueueConfig = Pick<Config, 'redisUrl' | 'databaseUrl' | 'queuePrefix'>;

/** The PostgreSQL schema of the queue's own tables. */
export function queueSchema(config: Pick<Config, 'queuePrefix'>): string {
  return `${config.queuePrefix}_queue`;
}

/** The braces put all keys into one slot of a Redis Cluster. */
function redisPrefix({ queuePrefix }: Pick<Config, 'queuePrefix'>): string {
  return `{${queuePrefix}}`;
}

/** Redis keys of which a queue that was ever used has one or more. */
export function queueKeys(config: Pick<Config, 'queuePrefix'>): string[] {
  return Object.values(QUEUE_NAMES).flatMap((name) =>
    ['meta', 'events', 'id', 'wait', 'active', 'completed', 'stalled-check'].map(
      (key) => `${redisPrefix(config)}:${name}:${key}`,
    ),
  );
}

/** Opens a queue to add jobs. Its calls wait for a server that does not answer, so each needs a deadline. */
export function openQueue(config: QueueConfig, queueName: QueueName, telemetry?: QueueTelemetry): JobQueue {
  const { Queue } = backendClasses(config);
  return new Queue(QUEUE_NAMES[queueName], {
    ...connectionOf(config),
    ...(telemetry && { telemetry }),
  }) as JobQueue;
}

/** Opens a worker that runs jobs; null: they are taken by hand. It waits for a server that does not answer. */
export function openWorker(
  config: QueueConfig,
  queueName: QueueName,
  process: Processor<JobData, unknown, string> | null,
  options: JobWorkerOptions,
): JobWorker {
  const { Worker } = backendClasses(config);
  return new Worker(QUEUE_NAMES[queueName], process, {
    ...connectionOf(config),
    ...options,
  }) as unknown as JobWorker;
}

function backendClasses(config: QueueConfig) {
  const factory = config.redisUrl === null ? patientPostgresBackend : createRedisBackend;
  // How BullMQ opens each connection to Redis. Without it, it knows no Cluster by its address.
  RedisConnection.clientFactory = ({ url = '', ...options }) =>
    createIORedisClient(createRedisClient(url, options));
  return withBackend(factory as BackendFactory<IQueueBackend, Connection>);
}

function connectionOf({ redisUrl, databaseUrl, queuePrefix }: QueueConfig) {
  if (redisUrl === null) {
    const schema = queueSchema({ queuePrefix });
    return {
      connection: {
        connectionString: databaseUrl,
        schema,
        max: QUEUE_POOL_SIZE,
        keepAlive: true,
        connectionTimeoutMillis: 3_000,
        query_timeout: 9_000,
        Client: PooledClient,
      },
    };
  }
  return {
    connection: {
      url: redisUrl,
      connectTimeout: 5_000,
      keepAlive: 5_000,
      // A server that is silent without closing. BullMQ's own waits for jobs last up to 10 s.
      socketTimeout: 12_000,
      // Never give a command up: BullMQ keeps a failed first command as its own state, for ever.
      maxRetriesPerRequest: null,
      retryStrategy: (tries: number) => Math.min(100 * tries, MAX_RECONNECT_MS),
    },
    prefix: redisPrefix({ queuePrefix }),
  };
}

const MAX_RECONNECT_MS = 1_000;

/** Seconds. As long as a worker waits in a queue without delayed jobs. */
const MAX_BLOCK_SECONDS = 5;

/**
 * Makes BullMQ's own backend, without five ways of 6.7 to lose a worker:
 * - It remembers a failed first connection for ever: a process that starts before its database would
 *   never get a queue. This one tries until it gets through.
 * - With a job due far ahead it trusts in notifications for up to an hour. If their connection has gone
 *   silent, nothing wakes the worker. This one looks for itself every few seconds.
 * - It listens for errors of that connection only when it has been made; one that ends in the same
 *   instant ends the process. This one emits the error again (`ListeningClient`).
 * - When that connection goes silent before it listens, each try to listen uses it again, and no job is taken
 *   any more. This one takes a missing answer for an error, after which BullMQ opens another (`ListeningClient`).
 * - It does not listen for errors of a connection that it has taken from its pool (`PooledClient`).
 */
const patientPostgresBackend: typeof createPostgresBackend = (name, options, role) => {
  const backend = createPostgresBackend(name, options, role);
  const { connection } = backend as unknown as { connection: PostgresConnection };
  const bootstrap = connection.bootstrap.bind(connection);
  connection.bootstrap = async () => {
    for (;;) {
      try {
        return await bootstrap();
      } catch (error) {
        if (connection.closing) throw error;
        backend.emit('error', error);
        await new Promise((resolve) => setTimeout(resolve, MAX_RECONNECT_MS).unref());
      }
    }
  };
  connection.pgModule = { ...connection.pgModule, Client: ListeningClient };
  Object.defineProperty(backend, 'maximumBlockTimeout', { value: MAX_BLOCK_SECONDS });
  return backend;
};

interface PostgresConnection {
  bootstrap(): Promise<void>;
  closing?: unknown;
  /** What it makes the connection for notifications with. */
  pgModule: object;
}

/** The query that runs is told the error, and the pool drops the connection; without a listener the process ends. */
class PooledClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    this.on('error', () => {});
  }
}

class ListeningClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    this.once('error', (error) => {
      if (this.listenerCount('error') === 0) setImmediate(() => this.emit('error', error));
    });
  }

  override query(...query: unknown[]): never {
    const answer: unknown = super.query(...(query as Parameters<pg.Client['query']>));
    onSilence(answer, (error) => this.emit('error', error));
    return answer as never;
  }
}
