export * from './events.ts';
export * from './examples.ts';
export * from './fields.ts';
export * from './plain.ts';
export * from './problems.ts';
export * from './registrations.ts';
export * from './results.ts';
export * from './statuses.ts';
