import './provided-context.ts';

export { createApiKey, revokeApiKey } from '../access/api-keys.ts';
export { insertBatch } from '../batches/batch-statement.ts';
export { executeBatchInsert } from '../batches/execute-batch-insert.ts';
export type { Executor } from '../database/executor.ts';
export { insertRegistration } from '../registrations/insert-registration.ts';
export { findInconsistencies } from './consistency.ts';
export { emptyTables } from './empty-tables.ts';
export { examined, startInstallation } from './installation.ts';
export { createMemoryQueue, type Delivery, type MemoryQueue } from './memory-queue.ts';
export { openPatientDatabase } from './patient-database.ts';
export { createRandom, type Random } from './random.ts';
export { readDetails } from './read-details.ts';
export { currentJob, runChain, runNextBatch, runOnce } from './run-chain.ts';
export { readRuns } from './seeded-runs.ts';
export { createTestDeps, mentors, registrationRequest, submit, type TestDeps } from './test-deps.ts';
export { waitFor } from './wait-for.ts';
export { startWebhookEndpoint, type WebhookEndpoint } from './webhook-endpoint.ts';
