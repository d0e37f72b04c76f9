import { Worker } from 'bullmq';
import type { Work } from '../work.ts';
import { countJobs } from './count-jobs.ts';
import { activityOf, openUsualClient } from './usual-client.ts';

const [databaseUrl = '', redisUrl = '', queueName = ''] = process.argv.slice(2);

/** More gains nothing here: Prisma's pool has ten connections. */
const CONCURRENCY = 20;

const prisma = await openUsualClient(databaseUrl);
const worker = new Worker<Work & { mentorId: string }>(
  queueName,
  async ({ data }) => {
    await prisma.activity.create({ data: activityOf(data, data.mentorId) });
  },
  { connection: { url: redisUrl }, concurrency: CONCURRENCY },
);
await worker.waitUntilReady();
const countOne = countJobs();
worker.on('completed', countOne);
