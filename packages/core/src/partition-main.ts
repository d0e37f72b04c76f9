import { partitionActivities } from './activities/partition-activities.ts';
import { loadConfig, readEnvironment } from './config.ts';

/** `npm run partition` */
try {
  const isNew = await partitionActivities(loadConfig(readEnvironment()).databaseUrl);
  console.log(isNew ? 'activities is partitioned by month now.' : 'activities is partitioned already.');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
