export { type BulkClient, createClient, newKey } from './client.ts';
export { ApiProblem, ServiceUnreachable } from './errors.ts';
export type { RegistrationState } from './registration-state.ts';
export type { Download, DownloadOptions, ResultsOptions } from './results.ts';
export type { Snapshot, StatusSnapshot } from './snapshot.ts';
export type { CallOptions, ClientOptions, Repetition } from './transport.ts';
export type { Interruption, WatchOptions } from './watch.ts';
