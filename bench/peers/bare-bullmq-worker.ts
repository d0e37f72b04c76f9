import { bareClasses, bareConnection } from './bare-bullmq.ts';
import { countJobs } from './count-jobs.ts';

const [url = '', name = ''] = process.argv.slice(2);

/** As the service's queue for first batches has by default. */
const CONCURRENCY = 8;

const { Worker } = bareClasses(url);
let countOne = () => {};
const worker = new Worker(name, async () => countOne(), {
  connection: bareConnection(url),
  concurrency: CONCURRENCY,
});
await worker.waitUntilReady();
countOne = countJobs();
