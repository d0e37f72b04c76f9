import { type Deps, findSnapshots, jobSummaryOf, parseJobData } from '@bulk/core';
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter';

/** The dashboard's types know BullMQ on Redis only; it works on PostgreSQL just as well. */
type DashboardQueue = ConstructorParameters<typeof BullMQAdapter>[0];
type Options = NonNullable<ConstructorParameters<typeof BullMQAdapter>[1]>;
type Job = Awaited<ReturnType<BullMQAdapter['getJobs']>>[number];

/**
 * A queue as the dashboard shows it. Its jobs have the progress that the API tells: BullMQ knows none of a job that waits
 * for its turn.
 */
export class RegistrationsAdapter extends BullMQAdapter {
  readonly #db: Deps['db'];

  constructor({ db }: Pick<Deps, 'db'>, queue: unknown, options: Options) {
    super(queue as DashboardQueue, options);
    this.#db = db;
  }

  override async getJob(id: string): Promise<Job | undefined> {
    const job = await super.getJob(id);
    if (job) await this.#setProgress([job]);
    return job;
  }

  override async getJobs(...args: Parameters<BullMQAdapter['getJobs']>): Promise<Job[]> {
    const jobs = await super.getJobs(...args);
    await this.#setProgress(jobs);
    return jobs;
  }

  async #setProgress(jobs: readonly Job[]): Promise<void> {
    const read = jobs.flatMap((job) => {
      const data = parseJobData(job.data);
      return data === null ? [] : [{ job, id: BigInt(data.registrationId), attempt: data.attempt }];
    });
    if (read.length === 0) return;
    // Without the database the dashboard still shows the queue.
    const snapshots = await findSnapshots(
      this.#db.prisma,
      read.map(({ id }) => id),
    ).catch(() => []);
    for (const { job, id, attempt } of read) {
      const snapshot = snapshots.find((each) => each.id === id && each.attempt === attempt);
      if (snapshot) job.progress = jobSummaryOf(snapshot);
    }
  }
}
