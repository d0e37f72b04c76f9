import type { RegistrationStatus } from '@bulk/contract';

/** Every legal move of a registration and what makes it. docs/states.md draws this table. */
export const TRANSITIONS: ReadonlyArray<{
  from: RegistrationStatus | null;
  to: RegistrationStatus | null;
  by: string;
}> = [
  { from: null, to: 'processing', by: 'POST' },
  { from: 'processing', to: 'completed', by: 'last batch, at least one success' },
  { from: 'processing', to: 'failed', by: 'last batch, no success' },
  { from: 'processing', to: 'cancelled', by: 'DELETE' },
  { from: 'completed', to: 'processing', by: 'PUT retry_failed' },
  { from: 'failed', to: 'processing', by: 'PUT retry_failed' },
  { from: 'completed', to: 'processing', by: 'POST undo' },
  { from: 'cancelled', to: 'processing', by: 'POST undo' },
  { from: 'processing', to: 'undone', by: 'last batch of an undo' },
  { from: 'completed', to: null, by: 'DELETE' },
  { from: 'failed', to: null, by: 'DELETE' },
  { from: 'cancelled', to: null, by: 'DELETE' },
  { from: 'undone', to: null, by: 'DELETE' },
];
