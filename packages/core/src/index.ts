export {
  findApiKey,
  isSecretOf,
  parseApiKey,
  type StoredApiKey,
} from './access/api-keys.ts';
export { ANONYMOUS, type Caller, hasRole, mayActFor, ROLES, type Role } from './access/caller.ts';
export { countInFlight, countUse, type Limit, type Use } from './access/limits.ts';
export { isRegistrationOf } from './access/scope.ts';
export { createUseCounter } from './access/use-counter.ts';
export { getActivity } from './activities/get-activity.ts';
export { listMentorActivities } from './activities/list-mentor-activities.ts';
export { listAttempts } from './attempts/list-attempts.ts';
export { retryFailed } from './attempts/retry-failed.ts';
export { undoRegistration } from './attempts/undo.ts';
export { type Config, ConfigError, loadConfig, readEnvironment, refuseOpenAddress } from './config.ts';
export type { Database } from './database/client.ts';
export { withDeadline } from './deadline.ts';
export { type CallerDeps, createDeps, type Deps, readingDeps } from './deps.ts';
export { AppError } from './errors.ts';
export { openWorker, type QueuedJob } from './jobs/backend.ts';
export { type JobData, parseJobData, QUEUES, type QueueName } from './jobs/job.ts';
export { jobSummaryOf } from './jobs/job-summary.ts';
export {
  createQueue,
  quietly,
  retryDelayMs,
} from './jobs/registration-queue.ts';
export { type RunOutcome, runJob, TransientJobError } from './jobs/run-job.ts';
export { sweep } from './jobs/sweep.ts';
export { createLogger } from './log.ts';
export { createMetrics } from './metrics/metrics.ts';
export { startMetricsServer } from './metrics/metrics-server.ts';
export { migrate } from './migrate.ts';
export { createOperationsReader } from './operations/operations-reader.ts';
export { createResultCounter } from './operations/result-counts.ts';
export { findSnapshots, type RegistrationSnapshot } from './progress/registration-snapshot.ts';
export { createWatchers } from './progress/watch.ts';
export type { WatchEvent } from './progress/watch-events.ts';
export { redisHosts } from './redis/redis-address.ts';
export { cancelOrDelete } from './registrations/cancel-or-delete.ts';
export { dryRun } from './registrations/dry-run.ts';
export { type DetailsLists, getRegistration, type RegistrationAnswer } from './registrations/get.ts';
export { formatRegistrationId, parseActivityId, parseRegistrationId } from './registrations/ids.ts';
export { listRegistrations } from './registrations/list.ts';
export type { Admit } from './registrations/store-if-admitted.ts';
export { submitRegistration } from './registrations/submit.ts';
export { createTotalsReader } from './registrations/totals.ts';
export { verifyRegistration } from './registrations/verify.ts';
export { countFailures } from './results/count-failures.ts';
export { listResults, type OpenResults, openResults } from './results/list-results.ts';
export { search } from './search/search.ts';
export { toAppError } from './to-app-error.ts';
export { deliverDue } from './webhooks/deliver.ts';
export { listDeliveries } from './webhooks/list-deliveries.ts';
export { redeliver } from './webhooks/redeliver.ts';
export { createWebhookSender } from './webhooks/sender.ts';
export { countWorkers, createHeartbeat, HEARTBEAT_MS } from './workers/heartbeat.ts';
export { listWorkers } from './workers/list-workers.ts';
export { createWaitingReasonReader } from './workers/waiting-reason.ts';
