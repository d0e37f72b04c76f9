import { loadConfig, readEnvironment } from './config.ts';
import { migrate } from './migrate.ts';

/** `npm run migrate` */
try {
  const { applied } = await migrate(loadConfig(readEnvironment()));
  if (applied.length === 0) console.log('Nothing to apply: the database is up to date.');
  for (const name of applied) console.log(`Applied ${name}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
