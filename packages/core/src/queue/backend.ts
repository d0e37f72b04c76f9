import {
  type BackendFactory,
  createPostgresBackend,
  createRedisBackend,
  type IQueueBackend,
  type Job,
  type Processor,
  type Queue,
  type Worker,
  type WorkerOptions,
  withBackend,
} from 'bullmq';
import pg from 'pg';
import type { Config } from '../config.ts';
import type { Lane, Message } from '../domain/message.ts';

// The two backends differ in the type of their connection only; past this file nobody sees it.
// biome-ignore lint/suspicious/noExplicitAny: BullMQ's connection type, opaque to us
type Connection = any;

export type MessageQueue = Queue<
  Message,
  unknown,
  string,
  Message,
  unknown,
  string,
  IQueueBackend,
  Connection
>;
export type MessageWorker = Worker<Message, unknown, string, IQueueBackend, never, Connection>;
export type QueuedMessage = Job<Message, unknown, string>;
export type MessageWorkerOptions = Omit<WorkerOptions<Connection>, 'connection' | 'prefix'>;

const QUEUE_NAMES: Record<Lane, string> = {
  entry: 'bulk-registrations',
  slices: 'bulk-registrations-slices',
};

export type QueueConfig = Pick<Config, 'redisUrl' | 'databaseUrl' | 'queuePrefix'>;

/** The PostgreSQL schema of the queue's own tables. */
export function queueSchema(config: Pick<Config, 'queuePrefix'>): string {
  return `${config.queuePrefix}_queue`;
}

/** Adds messages. Its calls wait for as long as the queue is away, so each needs a deadline. */
export function openQueue(config: QueueConfig, lane: Lane): MessageQueue {
  const { Queue } = backendClasses(config);
  return new Queue(QUEUE_NAMES[lane], connectionOf(config)) as MessageQueue;
}

/** Runs messages; null: they are taken by hand. Waits for as long as the queue is away, then goes on. */
export function openWorker(
  config: QueueConfig,
  lane: Lane,
  process: Processor<Message, unknown, string> | null,
  options: MessageWorkerOptions,
): MessageWorker {
  const { Worker } = backendClasses(config);
  return new Worker(QUEUE_NAMES[lane], process, {
    ...connectionOf(config),
    ...options,
  }) as unknown as MessageWorker;
}

function backendClasses(config: QueueConfig) {
  const factory = config.redisUrl === null ? patientPostgresBackend : createRedisBackend;
  return withBackend(factory as BackendFactory<IQueueBackend, Connection>);
}

function connectionOf({ redisUrl, databaseUrl, queuePrefix }: QueueConfig) {
  if (redisUrl === null) {
    const schema = queueSchema({ queuePrefix });
    return {
      connection: {
        connectionString: databaseUrl,
        schema,
        max: 5,
        keepAlive: true,
        connectionTimeoutMillis: 3_000,
        query_timeout: 9_000,
      },
    };
  }
  return {
    connection: {
      url: redisUrl,
      connectTimeout: 5_000,
      keepAlive: 5_000,
      // A server that is silent without closing. BullMQ's own waits for messages last up to 10 s.
      socketTimeout: 12_000,
      // Never give a command up: BullMQ keeps a failed first command as its own state, for ever.
      maxRetriesPerRequest: null,
      retryStrategy: (tries: number) => Math.min(100 * tries, MAX_RECONNECT_MS),
    },
    // The braces put all keys into one slot of a Redis Cluster.
    prefix: `{${queuePrefix}}`,
  };
}

const MAX_RECONNECT_MS = 1_000;

/** Seconds. As long as a lane without delayed messages waits. */
const MAX_BLOCK_SECONDS = 5;

/**
 * BullMQ's own, without three ways of 6.7 to lose a worker:
 * - It remembers a failed first connection for ever: a process that starts before its database would
 *   never get a queue. This one tries until it gets through.
 * - With a message due far ahead it trusts in notifications for up to an hour. Where their connection
 *   has gone silent, nothing wakes the lane. This one looks for itself every few seconds.
 * - It listens for errors of that connection only when it has been made, and one that ends in the same
 *   instant ends the process. This one tells the error again.
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

class ListeningClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    this.once('error', (error) => {
      if (this.listenerCount('error') === 0) setImmediate(() => this.emit('error', error));
    });
  }
}
