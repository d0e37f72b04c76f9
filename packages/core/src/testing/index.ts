import './provided-context.ts';

export { insertOnlyBatch } from '../db/batches.ts';
export type { Executor } from '../db/executor.ts';
export { insertRegistration } from '../db/registrations.ts';
export { buildBatchPayload } from '../domain/build-batch-payload.ts';
export { executeBatchInsert } from '../registrations/execute-batch-insert.ts';
export { findInconsistencies } from './consistency.ts';
export { emptyTables } from './empty-tables.ts';
export { createMemoryQueue, type Delivery, type MemoryQueue } from './memory-queue.ts';
export { openPatientDatabase } from './patient-database.ts';
export { createRandom, type Random } from './random.ts';
export { readDetails } from './read-details.ts';
export { currentMessage, runChain, runOnce } from './run-chain.ts';
export { readRuns } from './seeded-runs.ts';
export { createTestDeps, mentors, registrationRequest, submit, type TestDeps } from './test-deps.ts';
export { waitFor } from './wait-for.ts';
