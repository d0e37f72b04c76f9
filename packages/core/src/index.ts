export { type Config, loadConfig, readEnvironment } from './config.ts';
export type { Database } from './db/client.ts';
export type { Progress } from './db/registrations.ts';
export { withDeadline } from './deadline.ts';
export { createDeps, type Deps } from './deps.ts';
export { formatRegistrationId, parseRegistrationId } from './domain/ids.ts';
export { LANES, type Lane, type Message, parseMessage } from './domain/message.ts';
export { percentOf } from './domain/progress.ts';
export { AppError } from './errors.ts';
export { createLogger } from './log.ts';
export { migrate } from './migrate.ts';
export { openWorker, type QueuedMessage } from './queue/backend.ts';
export {
  createQueue,
  quietly,
  retryDelayMs,
} from './queue/registration-queue.ts';
export { cancelOrDelete } from './registrations/cancel-or-delete.ts';
export { dryRun } from './registrations/dry-run.ts';
export { getRegistration } from './registrations/get.ts';
export { listRegistrations } from './registrations/list.ts';
export { listResults, type OpenResults, openResults } from './registrations/results.ts';
export { retryFailed } from './registrations/retry-failed.ts';
export { RunDelayed, type RunOutcome, runMessage } from './registrations/run-message.ts';
export { submitRegistration } from './registrations/submit.ts';
export { sweep } from './registrations/sweep.ts';
export { createWatchers } from './registrations/watch.ts';
export type { WatchEvent } from './registrations/watch-events.ts';
export { toAppError } from './to-app-error.ts';
