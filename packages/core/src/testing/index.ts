import './provided-context.ts';

export { cloneDatabase, type TestDatabase } from './test-database.ts';
export { waitFor } from './wait-for.ts';
export { currentMessage, runChain, runOnce } from './run-chain.ts';
export { createTestDeps, mentors, registrationRequest, type TestDeps } from './test-deps.ts';
export { findInconsistencies } from './consistency.ts';
