import { Counter, Gauge } from 'prom-client';
import { cached } from '../cached.ts';
import { withDeadline } from '../deadline.ts';
import type { Deps } from '../deps.ts';
import { findProcessing } from '../progress/processing.ts';
import { findPendingDeliveries } from '../webhooks/deliveries.ts';
import { countWorkers } from '../workers/heartbeat.ts';

/** Prometheus waits 10 s: so the other metrics arrive when the database or the queue does not answer. */
const DEADLINE_MS = 2_000;

interface Sample {
  labels?: Record<string, string>;
  value: number;
}

/** Adds the metrics that are read when somebody asks for them. What cannot be read is left out, not 0. */
export function addStateGauges({
  db,
  queue,
  metrics,
  config,
}: Pick<Deps, 'db' | 'queue' | 'metrics' | 'config'>): void {
  const readJobs = readInTime(async () => Object.entries(await queue.countJobs()));
  const readProcessing = readInTime(() => findProcessing(db.prisma));
  const readWorkers = readInTime(() => countWorkers(db.prisma));
  const readDeliveries = readInTime(async () =>
    config.webhook === null ? { count: 0, oldestSeconds: 0 } : findPendingDeliveries(db.prisma),
  );
  const add = (name: string, help: string, read: () => Promise<Sample[]>, labelNames: string[] = []) => {
    new Gauge({
      name,
      help,
      labelNames,
      registers: [metrics.registry],
      async collect() {
        const samples = await read().catch(() => []);
        this.reset();
        if (labelNames.length === 0) this.remove();
        for (const { labels = {}, value } of samples) this.set(labels, value);
      },
    });
  };

  add('bulk_queue_up', '1 if the queue answers, else 0.', () => isUp(readJobs));
  add(
    'bulk_jobs',
    'Jobs in a queue. waiting: for a worker. active: a worker has it. delayed: until its next try.',
    async () =>
      (await readJobs()).flatMap(([name, { oldestWaitingSeconds: _, ...counts }]) =>
        Object.entries(counts).map(([state, value]) => ({ labels: { queue: name, state }, value })),
      ),
    ['queue', 'state'],
  );
  add(
    'bulk_jobs_oldest_waiting_seconds',
    'How long the job that is taken next has waited; 0 if none waits.',
    async () =>
      (await readJobs()).map(([name, { oldestWaitingSeconds }]) => ({
        labels: { queue: name },
        value: oldestWaitingSeconds,
      })),
    ['queue'],
  );

  add('bulk_database_up', '1 if PostgreSQL answers, else 0.', () => isUp(readProcessing));
  add(
    'bulk_registrations_processing',
    'Registrations that are processing; counted up to 100,000.',
    async () => [{ value: (await readProcessing()).count }],
  );
  add(
    'bulk_registrations_processing_oldest_seconds',
    'How long the oldest processing registration, or its retry or undo, has been accepted; 0 if there is none.',
    async () => [{ value: (await readProcessing()).oldestSeconds }],
  );

  add('bulk_workers_alive', 'Workers that were seen within the last 20 seconds.', async () => [
    { value: (await readWorkers()).alive },
  ]);
  add(
    'bulk_webhook_deliveries_pending',
    'Events that wait for their delivery to the webhook; counted up to 10,000.',
    async () => [{ value: (await readDeliveries()).count }],
  );
  add(
    'bulk_webhook_oldest_pending_seconds',
    'How long the oldest event has waited for its delivery; 0 if none waits.',
    async () => [{ value: (await readDeliveries()).oldestSeconds }],
  );

  add(
    'bulk_database_pool_connections',
    'Connections of this process to PostgreSQL, those of the queue not counted.',
    async () => {
      const { inUse, idle } = db.poolUse();
      return [
        { labels: { state: 'in_use' }, value: inUse },
        { labels: { state: 'idle' }, value: idle },
      ];
    },
    ['state'],
  );
  add('bulk_database_pool_waiting', 'Statements that wait for a connection.', async () => [
    { value: db.poolUse().waiting },
  ]);
  add('bulk_database_pool_size', 'Most connections of this process: DATABASE_POOL_SIZE.', async () => [
    { value: db.poolUse().size },
  ]);

  const { replica } = db;
  if (replica === null) return;
  add(
    'bulk_database_replica_used',
    '1 if reads go to the replica, 0 if they go to the primary.',
    async () => [{ value: (await replica.isUsed()) ? 1 : 0 }],
  );
  new Counter({
    name: 'bulk_database_reads_total',
    help: 'Statements of reads that may go to the replica, by the server that answered.',
    labelNames: ['server'],
    registers: [metrics.registry],
    collect() {
      this.reset();
      for (const [server, count] of Object.entries(replica.reads)) this.inc({ server }, count);
    },
  });
}

/** Several scrapers, or an impatient one, cost the database and the queue one question in two seconds. */
function readInTime<T>(ask: () => Promise<T>): () => Promise<T> {
  const read = cached(ask);
  return () => withDeadline(read(), DEADLINE_MS, 'reading a metric');
}

function isUp(read: () => Promise<unknown>): Promise<Sample[]> {
  return read().then(
    () => [{ value: 1 }],
    () => [{ value: 0 }],
  );
}
