import type { Command } from 'commander';
import type { Context } from './context.ts';
import type { ExitCode } from './exit-codes.ts';

/** What a command does once its options are read. */
export type Action = (context: Context) => Promise<ExitCode>;

/** For the files in `commands`: the command to add to, and what runs its action. */
export interface Registry {
  program: Command;
  perform: (action: Action) => Promise<void>;
}
