import { Logger, run } from 'graphile-worker';
import type { Work } from '../work.ts';
import { countJobs } from './count-jobs.ts';

const [connectionString = ''] = process.argv.slice(2);

const { events } = await run({
  preset: {
    worker: {
      connectionString,
      concurrentJobs: 24,
      maxPoolSize: 25,
      localQueue: { size: 500 },
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
  logger: new Logger(() => () => {}),
  taskList: {
    register: async (payload, helpers) => {
      const { mentorId, activity_type, activity_date, duration_minutes, notes, coordinator_id } =
        payload as Work & { mentorId: string };
      await helpers.query(
        `insert into activities (
           mentor_id, activity_type, activity_date, duration_minutes, notes, coordinator_id, bulk_registration_id
         )
         values ($1, $2, $3, $4, $5, $6, 0)`,
        [mentorId, activity_type, activity_date, duration_minutes, notes, coordinator_id],
      );
    },
  },
});
const countOne = countJobs();
events.on('job:success', countOne);
